import type { RoleName } from "../tokens/roles.js";

/** What the emulated Microsoft Entra ID knows. The option starts it as a further origin, always https. */
export interface EntraOptions {
  /** The one tenant there is, which is also the registry's; a random id by default. */
  readonly tenantId?: string;
  readonly applications?: readonly EntraApplication[];
  readonly managedIdentities?: readonly EntraManagedIdentity[];
}

/** An application (service principal) that may sign in with any of what it has. */
export interface EntraApplication {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** The public certificate, as PEM; the application proves to have the key to it. */
  readonly certificate?: string;
  readonly federatedCredentials?: readonly FederatedCredential[];
  /** What it may do in the registry: everything when absent. */
  readonly roles?: readonly RoleName[];
}

/** A trust in tokens of somebody else, such as a Kubernetes cluster or a CI system. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** `api://AzureADTokenExchange` by default. */
  readonly audience?: string;
  /** The key that the issuer's tokens are checked with, as PEM. */
  readonly publicKey: string;
}

/** An identity that this machine has. */
export interface EntraManagedIdentity {
  readonly clientId: string;
  /** The system-assigned one is used when nobody is named; the first one by default. */
  readonly systemAssigned?: boolean;
  /** What it may do in the registry: everything when absent. */
  readonly roles?: readonly RoleName[];
}
