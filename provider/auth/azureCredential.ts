import type { TokenCredential } from "@azure/core-auth";
import { CredentialError } from "../errors.js";
import type { Credential } from "./credential.js";

export type AzureCredential = Exclude<Credential, { readonly kind: "anonymous" | "token" }>;

/** Finds the Azure identity. `@azure/identity` is large, and loaded only when one is needed. */
export async function azureCredential(
  credential: AzureCredential,
  authorityHost: string | undefined,
): Promise<TokenCredential> {
  switch (credential.kind) {
    case "entra":
      return credential.credential;
    case "default": {
      const { DefaultAzureCredential } = await loadIdentity();
      const { tenantId, clientId } = credential;
      const authority = authorityHost === undefined ? {} : { authorityHost };
      const tenant = tenantId === undefined ? {} : { tenantId };
      if (clientId === undefined) return new DefaultAzureCredential({ ...authority, ...tenant });
      return new DefaultAzureCredential({
        ...authority,
        ...tenant,
        managedIdentityClientId: clientId,
        workloadIdentityClientId: clientId,
      });
    }
  }
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
