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
  /** Azure's own search: environment, workload identity, managed identity, Azure CLI and others. */
  | { readonly kind: "default"; readonly tenantId?: string; readonly clientId?: string }
  /** Any credential object of `@azure/identity`, or one of the caller's own. */
  | { readonly kind: "entra"; readonly credential: TokenCredential };
