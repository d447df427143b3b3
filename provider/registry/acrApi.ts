import { AcrError, hasCode } from "../errors.js";
import type { RegistryRequest, RegistryResponse, Transport } from "../http/transport.js";
import { readJson, type JsonObject } from "./jsonAnswer.js";
import { isRegistryError } from "./refusal.js";
import { askKind, traitsOf } from "./registryTraits.js";

export interface AcrAnswer {
  readonly document: JsonObject;
  readonly link: string | undefined;
}

/**
 * Requests below `/acr/v1`, which only Azure Container Registry has.
 *
 * A 404 page does not show that a registry is not an ACR: ACR's own page for an unknown route looks the
 * same, and so does any proxy's. After such a page, `/v2/` is asked once. Only if a registry answers
 * there without ACR's request id, the requests fail with `UNSUPPORTED`, and this is remembered. In every
 * other case the first error stands, and no caller takes it for "does not exist".
 */
export class AcrApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get origin(): string {
    return this.#transport.origin;
  }

  /** Sends a request whose answer is a JSON object. */
  async json(request: RegistryRequest): Promise<AcrAnswer> {
    return this.#guarded(request, async (response) => ({
      document: await readJson(response, request.operation),
      link: response.header("link"),
    }));
  }

  /** Sends a request of whose answer only the status matters. */
  async done(request: RegistryRequest): Promise<void> {
    await this.#guarded(request, (response) => response.discard());
  }

  async #guarded<T>(
    request: RegistryRequest,
    read: (response: RegistryResponse) => Promise<T>,
  ): Promise<T> {
    const traits = traitsOf(this.#transport);
    if (traits.metadata === false) throw this.#unsupported(request);
    try {
      const response = await this.#transport.send(request);
      const answer = await read(response);
      traits.metadata = true;
      return answer;
    } catch (error) {
      if (traits.metadata === true || !couldBeAnotherRegistry(error)) throw error;
      if ((await askKind(this.#transport, request.signal)) !== "other") throw error;
      traits.metadata = false;
      throw this.#unsupported(request, error);
    }
  }

  #unsupported(request: RegistryRequest, cause?: unknown): AcrError {
    return new AcrError(
      "UNSUPPORTED",
      `${request.operation}: ${this.#transport.loginServer} is not an Azure Container Registry, and only ACR has ` +
        `this function`,
      { cause },
    );
  }
}

/**
 * Tells whether the answer was a page instead of JSON; a refusal in the registry's own JSON never counts.
 */
function couldBeAnotherRegistry(error: unknown): boolean {
  if (hasCode(error, "PROTOCOL")) return true;
  if (!isRegistryError(error) || error.diagnostics.length > 0) return false;
  return [404, 405, 501].includes(error.status ?? 0);
}
