/** An action on a repository, in ACR's own words (Microsoft Learn, "repository-scoped permissions"). */
export type RepositoryAction = "pull" | "push" | "delete" | "metadata_read" | "metadata_write";

/** What an access token gives access to. */
export type Scope =
  | {
      readonly type: "repository";
      readonly repository: string;
      readonly actions: readonly RepositoryAction[];
    }
  | { readonly type: "catalog" };

export function repositoryScope(repository: string, ...actions: RepositoryAction[]): Scope {
  return { type: "repository", repository, actions };
}

export const CATALOG_SCOPE: Scope = { type: "catalog" };

const CATALOG_RESOURCE = "registry:catalog";
const ACTION_ORDER: readonly string[] = [
  "pull",
  "push",
  "delete",
  "metadata_read",
  "metadata_write",
];

/**
 * The scopes as the token endpoint expects them, one per resource: `repository:charts/web:pull,push`.
 * They are sorted and without duplicates, so that equal sets of scopes are equal texts.
 */
export function formatScopes(scopes: readonly Scope[]): readonly string[] {
  return [...actionsByResource(scopes)]
    .map(([resource, actions]) => `${resource}:${inOrder(actions).join(",")}`)
    .sort();
}

/** Whether a token for `granted` also serves a request that needs `needed`. */
export function coversScopes(granted: readonly Scope[], needed: readonly Scope[]): boolean {
  const held = actionsByResource(granted);
  return [...actionsByResource(needed)].every(([resource, actions]) => {
    const own = held.get(resource);
    return own !== undefined && [...actions].every((action) => own.has(action));
  });
}

/** The name of the scope's resource, as the token endpoint knows it. */
export function resourceOf(scope: Scope): string {
  return scope.type === "catalog" ? CATALOG_RESOURCE : `repository:${scope.repository}`;
}

function actionsByResource(scopes: readonly Scope[]): Map<string, Set<string>> {
  const merged = new Map<string, Set<string>>();
  for (const scope of scopes) {
    const catalog = scope.type === "catalog";
    const resource = resourceOf(scope);
    const actions = merged.get(resource) ?? new Set<string>();
    for (const action of catalog ? ["*"] : scope.actions) actions.add(action);
    merged.set(resource, actions);
  }
  return merged;
}

function inOrder(actions: ReadonlySet<string>): string[] {
  return [...actions].sort((a, b) => ACTION_ORDER.indexOf(a) - ACTION_ORDER.indexOf(b));
}
