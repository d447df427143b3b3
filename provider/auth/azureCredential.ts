import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { CredentialError } from "../errors.js";
import { AZURE_CLOUDS } from "./clouds.js";
import type { Credential } from "./credential.js";

export type AzureCredential = Exclude<
  Credential,
  { readonly kind: "anonymous" | "token" | "docker-config" }
>;

/** Where Azure identities come from. */
export interface IdentityPlace {
  readonly authorityHost: string;
  /** Sends requests instead of the default client; the same one as for the registry. */
  readonly httpClient?: HttpClient;
}

/** Options that every credential class of `@azure/identity` accepts. */
interface IdentityOptions {
  readonly authorityHost: string;
  readonly disableInstanceDiscovery: boolean;
  readonly httpClient?: HttpClient;
}

const KNOWN_AUTHORITIES: ReadonlySet<string> = new Set(
  Object.values(AZURE_CLOUDS).map(({ authorityHost }) => new URL(authorityHost).host),
);

/**
 * Creates the credential object of an Azure identity. `@azure/identity` is large, so it is loaded only
 * when needed.
 */
export async function azureCredential(
  credential: AzureCredential,
  place: IdentityPlace,
): Promise<TokenCredential> {
  if (credential.kind === "entra") return credential.credential;
  const identity = await loadIdentity();
  const options = identityOptions(place);
  switch (credential.kind) {
    case "default":
      return new identity.DefaultAzureCredential(defaultOptions(credential, options));
    case "environment":
      return new identity.EnvironmentCredential(options);
    case "workload-identity": {
      const { clientId, tenantId, tokenFile: tokenFilePath } = credential;
      const given = defined({ clientId, tenantId, tokenFilePath });
      return new identity.WorkloadIdentityCredential({ ...options, ...given });
    }
    case "managed-identity": {
      const { clientId } = credential;
      return clientId === undefined
        ? new identity.ManagedIdentityCredential(options)
        : new identity.ManagedIdentityCredential({ ...options, clientId });
    }
    case "azure-cli":
      return new identity.AzureCliCredential(defined({ tenantId: credential.tenantId }));
  }
}

function defaultOptions(
  { tenantId, clientId }: Extract<AzureCredential, { readonly kind: "default" }>,
  options: IdentityOptions,
): IdentityOptions {
  const given = { tenantId, managedIdentityClientId: clientId, workloadIdentityClientId: clientId };
  return { ...options, ...defined(given) };
}

/**
 * `@azure/identity` asks Entra's public host whether an authority exists. This is switched off for
 * authorities outside the public clouds (Azure Stack, a private cloud): the public host does not know
 * them, and may not be reachable from there.
 */
function identityOptions(place: IdentityPlace): IdentityOptions {
  const { httpClient } = place;
  const named = place.authorityHost.includes("://");
  const authorityHost = named ? place.authorityHost : `https://${place.authorityHost}`;
  const disableInstanceDiscovery = !KNOWN_AUTHORITIES.has(URL.parse(authorityHost)?.host ?? "");
  return { authorityHost, disableInstanceDiscovery, ...defined({ httpClient }) };
}

/**
 * Removes members that are `undefined`: `@azure/identity` checks whether an option is present at all.
 */
function defined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

async function loadIdentity() {
  try {
    return await import("@azure/identity");
  } catch (cause) {
    throw new CredentialError(
      `the package "@azure/identity" cannot be loaded; it is needed to sign in to Azure: install it, or give ` +
        `another credential`,
      { cause },
    );
  }
}
