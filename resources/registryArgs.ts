import * as pulumi from "@pulumi/pulumi";

/** How to sign in; a name, never a secret. */
export type CredentialName =
  /**
   * Azure's own search: environment variables, workload identity, managed identity, Azure CLI and
   * others, in the order of `DefaultAzureCredential`.
   */
  | "default"
  /**
   * A service principal from the environment: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, and
   * `AZURE_CLIENT_SECRET` or `AZURE_CLIENT_CERTIFICATE_PATH`.
   */
  | "environment"
  /** A federated token in the file that `AZURE_FEDERATED_TOKEN_FILE` names, as in Kubernetes and CI. */
  | "workload-identity"
  /** The identity of the machine; `clientId` names a user-assigned one. */
  | "managed-identity"
  /** Who is signed in to the Azure CLI. */
  | "azure-cli"
  /** The admin user or a repository-scoped token, by user name and password. */
  | "token"
  /** What `docker login` or `az acr login` left behind, credential helpers included. */
  | "docker-config"
  /** No identity: a registry with anonymous pull, for reading only. */
  | "anonymous";

/**
 * Which registry, and how to sign in. Everything may be left out: then the stack's configuration
 * (`acr:loginServer`, `acr:credential`, …) is asked, then the environment (`ACR_LOGIN_SERVER`,
 * `ACR_CREDENTIAL`, …). Configuration or environment that names another login server is not used, so
 * that no password reaches a registry that it was not meant for.
 *
 * Only the login server says where things are: changing it replaces the resource. Everything else
 * may differ between a laptop and CI and changes nothing.
 */
export interface RegistryArgs {
  /**
   * For example `myregistry.azurecr.io`. `http://` is accepted for this machine only. May be an
   * output of a registry that the same stack creates. Configuration `acr:loginServer`, environment
   * `ACR_LOGIN_SERVER`.
   */
  loginServer?: pulumi.Input<string>;
  /** Default: `token` if a password is found, else `default`. Configuration `acr:credential`. */
  credential?: pulumi.Input<CredentialName>;
  /** User name of the admin user or token. Configuration `acr:username`, environment `ACR_USERNAME`. */
  username?: pulumi.Input<string>;
  /**
   * Its password; kept encrypted in state. Rather leave it to secret configuration
   * (`pulumi config set --secret acr:password`) or to the environment (`ACR_PASSWORD`).
   */
  password?: pulumi.Input<string>;
  /** Name of the environment variable that holds the user name, if not `ACR_USERNAME`. */
  usernameVariable?: pulumi.Input<string>;
  /** Name of the environment variable that holds the password, if not `ACR_PASSWORD`. */
  passwordVariable?: pulumi.Input<string>;
  /** Entra tenant, for `default`, `workload-identity` and `azure-cli`. Environment `AZURE_TENANT_ID`. */
  tenantId?: pulumi.Input<string>;
  /**
   * Client id of a user-assigned identity, for `default`, `managed-identity` and `workload-identity`.
   * Environment `AZURE_CLIENT_ID`.
   */
  clientId?: pulumi.Input<string>;
  /** Audience of the Entra token. Default: that of the cloud, as the login server's ending says. */
  audience?: pulumi.Input<string>;
  /** Entra's host, where the login server's ending does not say its cloud, or for a cloud of one's own. */
  authorityHost?: pulumi.Input<string>;
  /**
   * Seconds to go on trying while the name does not resolve or access is refused, for a registry or
   * role assignment that the same `up` creates. Nothing else is waited for. Default 0.
   */
  waitForAccess?: pulumi.Input<number>;
  /**
   * Stays within the request rates that the service publishes for a registry of this tier: what is above
   * waits. For stacks of many hundreds of resources on a registry that others need, too. Default: no
   * limit; where the registry refuses (429), all of the stack's requests pause as it asks. Configuration
   * `acr:requestRates`, environment `ACR_REQUEST_RATES`.
   */
  requestRates?: pulumi.Input<"basic" | "standard" | "premium">;
}

/** The password is a secret even if the program wrote it as a plain text; the rest stays readable. */
export function withSecretPassword(
  registry: pulumi.Input<RegistryArgs> | undefined,
): pulumi.Input<object> | undefined {
  if (registry === undefined) return undefined;
  return isPlain(registry)
    ? hidePassword(registry)
    : pulumi.output(registry as pulumi.Input<object>).apply(hidePassword);
}

function hidePassword(args: RegistryArgs): object {
  return args.password === undefined ? args : { ...args, password: pulumi.secret(args.password) };
}

function isPlain(registry: pulumi.Input<RegistryArgs>): registry is RegistryArgs {
  return !pulumi.Output.isInstance(registry) && !(registry instanceof Promise);
}
