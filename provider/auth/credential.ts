import type { TokenCredential } from "@azure/core-auth";

/**
 * How to sign in. Azure identities are named here, and obtained from `@azure/identity` when the first
 * request needs them.
 */
export type Credential =
  /** No identity: read only, from registries with anonymous pull. */
  | { readonly kind: "anonymous" }
  /** The admin user, or a repository-scoped token: its name and password. */
  | { readonly kind: "token"; readonly username: string; readonly password: string }
  /**
   * The login that `docker login` or `az acr login` saved, or a credential helper gives: from the file
   * given here, else from `config.json` in the folder `DOCKER_CONFIG`, else in `~/.docker`. Read when first
   * needed, and again after a refusal.
   */
  | { readonly kind: "docker-config"; readonly configFile?: string }
  /** Azure's own search: environment, workload identity, managed identity, Azure CLI and others. */
  | { readonly kind: "default"; readonly tenantId?: string; readonly clientId?: string }
  /**
   * A service principal: `AZURE_TENANT_ID` and `AZURE_CLIENT_ID`, with `AZURE_CLIENT_SECRET` or
   * `AZURE_CLIENT_CERTIFICATE_PATH` (and `AZURE_CLIENT_CERTIFICATE_PASSWORD`).
   */
  | { readonly kind: "environment" }
  /**
   * A federated token in a file, as Kubernetes and CI systems write it. What is not given here comes from
   * `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_TENANT_ID` and `AZURE_CLIENT_ID`.
   */
  | {
      readonly kind: "workload-identity";
      readonly tenantId?: string;
      readonly clientId?: string;
      readonly tokenFile?: string;
    }
  /** The identity of the machine; `clientId` selects a user-assigned one. */
  | { readonly kind: "managed-identity"; readonly clientId?: string }
  /** The account that is signed in to the Azure CLI (`az login`). */
  | { readonly kind: "azure-cli"; readonly tenantId?: string }
  /** Any credential object of `@azure/identity`, or your own. */
  | { readonly kind: "entra"; readonly credential: TokenCredential };
