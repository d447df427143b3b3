import type { TokenCredential } from "@azure/core-auth";

/**
 * How to identify oneself. Azure identities are named, and found by `@azure/identity` when first
 * needed; nothing is looked up when the value is made.
 */
export type Credential =
  /** No identity: registries with anonymous pull enabled, for reading only. */
  | { readonly kind: "anonymous" }
  /** The admin user, or a repository-scoped token: its name and password. */
  | { readonly kind: "token"; readonly username: string; readonly password: string }
  /**
   * What `docker login` or `az acr login` left behind: `config.json` in the folder `DOCKER_CONFIG`, else
   * in `~/.docker`, or the file given here; credential helpers included. Read when first needed, and
   * again after a refusal.
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
   * A federated token in a file, as Kubernetes and CI systems write it: `AZURE_FEDERATED_TOKEN_FILE`,
   * `AZURE_TENANT_ID` and `AZURE_CLIENT_ID`, or what is given here.
   */
  | {
      readonly kind: "workload-identity";
      readonly tenantId?: string;
      readonly clientId?: string;
      readonly tokenFile?: string;
    }
  /** The identity of the machine; a user-assigned one by its client id. */
  | { readonly kind: "managed-identity"; readonly clientId?: string }
  /** Who is signed in to the Azure CLI (`az login`). */
  | { readonly kind: "azure-cli"; readonly tenantId?: string }
  /** Any credential object of `@azure/identity`, or one of the caller's own. */
  | { readonly kind: "entra"; readonly credential: TokenCredential };
