import type { RoleName } from "../tokens/roles.js";

/** What the emulated Microsoft Entra ID knows. It is served on a port of its own, always by https. */
export interface EntraOptions {
  /** The only tenant, which is also the registry's. Default: a random id. */
  readonly tenantId?: string;
  readonly applications?: readonly EntraApplication[];
  readonly managedIdentities?: readonly EntraManagedIdentity[];
}

/** An application (service principal), which may sign in with any of the credentials given. */
export interface EntraApplication {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** The public certificate, as PEM; the application signs its assertions with the private key. */
  readonly certificate?: string;
  readonly federatedCredentials?: readonly FederatedCredential[];
  /** Its roles in the registry. Default: it may do everything. */
  readonly roles?: readonly RoleName[];
}

/** Trust in the tokens of another issuer, such as a Kubernetes cluster or a CI system. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** Default `api://AzureADTokenExchange`. */
  readonly audience?: string;
  /** The issuer's public key, as PEM. */
  readonly publicKey: string;
}

/** A managed identity of this machine. */
export interface EntraManagedIdentity {
  readonly clientId: string;
  /** The system-assigned identity is used if a client names none. Default: the first one is. */
  readonly systemAssigned?: boolean;
  /** Its roles in the registry. Default: it may do everything. */
  readonly roles?: readonly RoleName[];
}
