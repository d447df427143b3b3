import type { Answer } from "../http/answer.js";
import type { ReceivedRequest } from "../http/listener.js";
import type { EmulatedEntra, Entra, EntraTokenOptions } from "../tokens/entra.js";
import type { EntraOptions } from "./entraOptions.js";
import { EntraService, appServicePath } from "./entraService.js";

/** The emulated Entra: issues tokens in process, and over HTTP if the option `entra` is set. */
export class EntraOrigin implements Entra {
  readonly service: EntraService | undefined;

  constructor(
    private readonly entra: EmulatedEntra,
    options: EntraOptions | undefined,
    private readonly origin: () => string | undefined,
  ) {
    this.service = options && new EntraService(entra, options, () => origin() ?? "");
  }

  get tenantId(): string {
    return this.entra.tenantId;
  }

  get authorityHost(): string | undefined {
    return this.origin();
  }

  get managedIdentity(): Entra["managedIdentity"] {
    const origin = this.origin();
    if (origin === undefined || this.service === undefined) return undefined;
    return {
      virtualMachine: { AZURE_POD_IDENTITY_AUTHORITY_HOST: origin },
      appService: {
        IDENTITY_ENDPOINT: `${origin}${appServicePath}`,
        IDENTITY_HEADER: this.service.identityHeader,
      },
    };
  }

  issueToken(options?: EntraTokenOptions): Promise<string> {
    return this.entra.issueToken(options);
  }

  readonly handle = (request: ReceivedRequest): Promise<Answer> => {
    if (this.service === undefined)
      throw new Error(
        "This emulator was started without the option entra, so it has no Entra over HTTP.",
      );
    return this.service.answer(request);
  };
}
