/** Permissions of an identity, as stored in the registry's own tokens. */
export interface Permissions {
  readonly repositories: readonly RepositoryPermission[];
  /** Whether it may list the repositories. */
  readonly catalog: boolean;
}

export interface RepositoryPermission {
  /** A repository, `prefix/*` for all below a prefix, or `*`. */
  readonly pattern: string;
  /** Actions of a scope; `*` for all. */
  readonly actions: readonly string[];
}

export const everything: Permissions = {
  repositories: [{ pattern: "*", actions: ["*"] }],
  catalog: true,
};

export function permits(permissions: Permissions, repository: string, action: string): boolean {
  return permissions.repositories.some(
    ({ pattern, actions }) =>
      covers(pattern, repository) && (actions.includes(action) || actions.includes("*")),
  );
}

export function mayListRepositories({ catalog }: Permissions): boolean {
  return catalog;
}

function covers(pattern: string, repository: string): boolean {
  if (pattern === "*" || pattern === repository) return true;
  return pattern.endsWith("/*") && repository.startsWith(pattern.slice(0, -1));
}
