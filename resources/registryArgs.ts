import * as pulumi from "@pulumi/pulumi";

/** How to sign in: the name of a method, never a secret. */
export type CredentialName =
  /**
   * Azure's own search, in the order of `DefaultAzureCredential`: environment variables, workload
   * identity, managed identity, Azure CLI and others.
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
  /** The account that is signed in to the Azure CLI. */
  | "azure-cli"
  /** The admin user or a repository-scoped token, by user name and password. */
  | "token"
  /** The login that `docker login` or `az acr login` saved, or a credential helper gives. */
  | "docker-config"
  /** No identity: read only, from a registry with anonymous pull. */
  | "anonymous";

/**
 * Which registry, and how to sign in. Everything is optional: what is left out comes from the stack's
 * configuration (`acr:loginServer`, `acr:credential`, …), then from the environment (`ACR_LOGIN_SERVER`,
 * `ACR_CREDENTIAL`, …). Configuration and environment are ignored if they name another login server,
 * so that no password reaches a registry that it was not meant for.
 *
 * Changing the login server replaces the resource. All other settings may differ between a laptop and CI;
 * changing them changes nothing in the registry.
 */
export interface RegistryArgs {
  /**
   * For example `myregistry.azurecr.io`. `http://` is accepted for the local machine only. May be an
   * output of a registry that the same stack creates. Configuration `acr:loginServer`, environment
   * `ACR_LOGIN_SERVER`.
   */
  loginServer?: pulumi.Input<string>;
  /** Default: `token` if a password is found, else `default`. Configuration `acr:credential`. */
  credential?: pulumi.Input<CredentialName>;
  /** User name of the admin user or token. Configuration `acr:username`, environment `ACR_USERNAME`. */
  username?: pulumi.Input<string>;
  /**
   * Password of the admin user or token. If given here, it is stored in the state, encrypted. Better keep it
   * in secret configuration (`pulumi config set --secret acr:password`) or the environment (`ACR_PASSWORD`).
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
  /** Audience of the Entra token. Default: that of the cloud, which the login server's suffix tells. */
  audience?: pulumi.Input<string>;
  /** URL of Entra, if the login server's suffix does not tell the cloud. Environment `AZURE_AUTHORITY_HOST`. */
  authorityHost?: pulumi.Input<string>;
  /**
   * Seconds to keep trying while the registry's name does not resolve or access is refused, for a registry
   * or role assignment that the same `up` creates. Other errors are not waited out. Default 0.
   */
  waitForAccess?: pulumi.Input<number>;
  /**
   * Keeps the stack within the request rates that Microsoft publishes for a registry of this tier: further
   * requests wait. Meant for stacks with many hundreds of resources on a registry that others use too.
   * Default: no limit; when the registry answers 429, all requests of the stack pause as long as it asks.
   * Configuration `acr:requestRates`, environment `ACR_REQUEST_RATES`.
   */
  requestRates?: pulumi.Input<"basic" | "standard" | "premium">;
}

/** Makes the password secret even if the program gives it as plain text; the rest stays readable. */
export function withSecretPassword(
  registry: pulumi.Input<RegistryArgs> | undefined,
): pulumi.Input<object | undefined> {
  if (registry === undefined) return undefined;
  return isPlain(registry)
    ? hidePassword(registry)
    : pulumi.output(registry as pulumi.Input<object | undefined>).apply(hidePassword);
}

/** An Output may hold nothing, and JavaScript may give anything: `check` tells what is wrong. */
function hidePassword(args: RegistryArgs | undefined): object | undefined {
  return args?.password === undefined ? args : { ...args, password: pulumi.secret(args.password) };
}

function isPlain(registry: pulumi.Input<RegistryArgs>): registry is RegistryArgs {
  return !pulumi.Output.isInstance(registry) && !(registry instanceof Promise);
}
