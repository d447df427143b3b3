import { repositoryScope, type RepositoryAction, type Scope } from "../auth/scope.js";
import type { Transport } from "../http/transport.js";
import type { RepositoryName } from "../oci/reference.js";

/** What all stores of one repository share. */
export interface RepositoryContext {
  readonly transport: Transport;
  readonly repository: RepositoryName;
  /** Added to the actions of every request, so that one token serves all. */
  readonly actions: readonly RepositoryAction[];
}

/** The scope of a request: its actions, and those that the caller announced. */
export function scopeOf(context: RepositoryContext, ...actions: RepositoryAction[]): Scope {
  return repositoryScope(context.repository, ...new Set([...actions, ...context.actions]));
}

/** How error messages name content of the repository. */
export function nameOf(context: RepositoryContext, reference: string): string {
  return `${context.repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}
