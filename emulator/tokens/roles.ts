import { type Permissions, everything } from "./permissions.js";

export const roleNames = ["AcrPull", "AcrPush", "AcrDelete"] as const;

/** Roles of a registry that an Entra identity may have (Microsoft, "Azure Container Registry roles and permissions"). */
export type RoleName = (typeof roleNames)[number];

/** The actions of each role. That pull and push include listing tags and repositories is our choice. */
const actions: Readonly<Record<RoleName, readonly string[]>> = {
  AcrPull: ["pull", "metadata_read"],
  AcrPush: ["pull", "push", "metadata_read", "metadata_write"],
  AcrDelete: ["delete"],
};

/** The permissions of roles. Without `roles`, an identity may do everything. */
export function permissionsOfRoles(roles: readonly RoleName[] | undefined): Permissions {
  if (roles === undefined) return everything;
  return {
    repositories: [{ pattern: "*", actions: roles.flatMap((role) => actions[role]) }],
    catalog: roles.some((role) => role !== "AcrDelete"),
  };
}

export function isRoleName(name: unknown): name is RoleName {
  return roleNames.some((role) => role === name);
}
