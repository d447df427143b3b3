import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { CredentialError } from "../errors.js";
import { AZURE_CLOUDS } from "./clouds.js";
import type { Credential } from "./credential.js";

export type AzureCredential = Exclude<
  Credential,
  { readonly kind: "anonymous" | "token" | "docker-config" }
>;

/** Where identities are looked for. */
export interface IdentityPlace {
  readonly authorityHost: string;
  /** Another way to send, which the registry's requests take too. */
  readonly httpClient?: HttpClient;
}

/** What every credential class of `@azure/identity` takes. */
interface IdentityOptions {
  readonly authorityHost: string;
  readonly disableInstanceDiscovery: boolean;
  readonly httpClient?: HttpClient;
}

const KNOWN_AUTHORITIES: ReadonlySet<string> = new Set(
  Object.values(AZURE_CLOUDS).map(({ authorityHost }) => new URL(authorityHost).host),
);

/** Finds the Azure identity. `@azure/identity` is large, and loaded only when one is needed. */
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
 * Entra's public host is asked whether an authority exists, unless it is one that is known to: one of
 * its own (Azure Stack, a private cloud) is known to nobody, and may be out of reach of the public one.
 */
function identityOptions(place: IdentityPlace): IdentityOptions {
  const { httpClient } = place;
  const named = place.authorityHost.includes("://");
  const authorityHost = named ? place.authorityHost : `https://${place.authorityHost}`;
  const disableInstanceDiscovery = !KNOWN_AUTHORITIES.has(URL.parse(authorityHost)?.host ?? "");
  return { authorityHost, disableInstanceDiscovery, ...defined({ httpClient }) };
}

/** Without the members that are not set: `@azure/identity` asks whether a name is there at all. */
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
