/** What may be done to a repository; ACR's own words (Microsoft Learn, "repository-scoped permissions"). */
export type RepositoryAction = "pull" | "push" | "delete" | "metadata_read" | "metadata_write";

/** What an access token is asked for. */
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
