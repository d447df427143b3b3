import type { RegistryEndpoint } from "../oci/loginServer.js";
import type { AuthSend } from "./authSend.js";
import type { Scope } from "./scope.js";
import type { Token } from "./tokenCache.js";

/** Gets access tokens for scopes. */
export interface TokenSource {
  accessToken(scopes: readonly Scope[]): Promise<Token>;
  /** Drops what is remembered between tokens; the next one starts from the credential. */
  forget(): void;
}

/** What every source needs. */
export interface TokenSourceContext {
  readonly endpoint: RegistryEndpoint;
  readonly send: AuthSend;
  readonly now: () => number;
}

/** There is no ACR token endpoint where ACR has it: the registry is another product. */
export class NotAzureRegistry extends Error {
  override readonly name = "NotAzureRegistry";
}
