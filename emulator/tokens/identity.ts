import type { Access } from "../wire/scope.js";
import { type Permissions, mayListRepositories, permits } from "./permissions.js";

/** A client, and what it may do. */
export interface Identity {
  readonly subject: string;
  readonly kind: IdentityKind;
  readonly permissions: Permissions;
}

export type IdentityKind = "admin" | "entra" | "token" | "anonymous";

/**
 * Anonymous clients may read everything, including the catalog (python and js SDK, anonymous access).
 */
export const anonymous: Identity = {
  subject: "",
  kind: "anonymous",
  permissions: {
    repositories: [{ pattern: "*", actions: ["pull", "metadata_read"] }],
    catalog: true,
  },
};

/** The part of the requested access that the identity has; the rest is silently left out. */
export function grant({ permissions }: Identity, wanted: readonly Access[]): Access[] {
  const may = (access: Access, action: string): boolean =>
    access.type === "repository"
      ? permits(permissions, access.name, action)
      : mayListRepositories(permissions) && (access.type === "registry" ? action === "*" : true);
  return wanted
    .map((access) => ({
      ...access,
      actions: access.actions.filter((action) => may(access, action)),
    }))
    .filter(({ actions }) => actions.length > 0);
}
