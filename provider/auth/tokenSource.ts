import type { RegistryEndpoint } from "../oci/loginServer.js";
import type { AuthSend } from "./authSend.js";
import type { Scope } from "./scope.js";
import type { Token } from "./tokenCache.js";

/** Gets access tokens for scopes. */
export interface TokenSource {
  accessToken(scopes: readonly Scope[]): Promise<Token>;
  /** Drops everything kept between tokens; the next one starts from the credential. */
  forget(): void;
}

/** What all token sources share. */
export interface TokenSourceContext {
  readonly endpoint: RegistryEndpoint;
  readonly send: AuthSend;
  readonly now: () => number;
}

/** The registry does not have ACR's token endpoint, so it is another product. */
export class NotAzureRegistry extends Error {
  override readonly name = "NotAzureRegistry";
}
