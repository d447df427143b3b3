import { type RepositoryAction, type Scope, formatScopes } from "../auth/scope.js";

/**
 * The permission for each action: an Azure role, the role of a registry in ABAC mode, or an action in the
 * scope map of a repository-scoped token (Microsoft Learn, "Azure Container Registry roles and
 * permissions", "Token-based repository permissions").
 */
const NEEDS: Readonly<Record<RepositoryAction, string>> = {
  pull: "AcrPull, or Container Registry Repository Reader; scope map: content/read",
  push: "AcrPush, or Container Registry Repository Writer; scope map: content/write",
  delete: "AcrDelete, or Container Registry Repository Contributor; scope map: content/delete",
  metadata_read: "AcrPull, or Container Registry Repository Reader; scope map: metadata/read",
  metadata_write: "AcrPush, or Container Registry Repository Writer; scope map: metadata/write",
};

/** Says which permissions the scopes need and which roles include them. */
export function accessHint(scopes: readonly Scope[]): string {
  if (scopes.length === 0) return "Check the credential";
  const needs = new Set(scopes.flatMap(needsOf));
  return `It needs ${formatScopes(scopes).join(" ")} (${[...needs].join(" / ")})`;
}

function needsOf(scope: Scope): string[] {
  if (scope.type === "catalog") {
    return [
      "AcrPull, or Container Registry Repository Catalog Lister; not for repository-scoped tokens",
    ];
  }
  // `push` implies what `pull` needs.
  const actions = scope.actions.filter(
    (action) => action !== "pull" || !scope.actions.includes("push"),
  );
  return actions.map((action) => NEEDS[action]);
}
