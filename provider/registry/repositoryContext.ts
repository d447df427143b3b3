import { repositoryScope, type RepositoryAction, type Scope } from "../auth/scope.js";
import type { Transport } from "../http/transport.js";
import type { RepositoryName } from "../oci/reference.js";

/** What every store of one repository works with. */
export interface RepositoryContext {
  readonly transport: Transport;
  readonly repository: RepositoryName;
  /** Asked for together with what each request needs, so that one token serves them all. */
  readonly actions: readonly RepositoryAction[];
}

/** The scope that a request needs, widened by what the caller announced. */
export function scopeOf(context: RepositoryContext, ...actions: RepositoryAction[]): Scope {
  return repositoryScope(context.repository, ...new Set([...actions, ...context.actions]));
}

/** How operations name content of the repository. */
export function nameOf(context: RepositoryContext, reference: string): string {
  return `${context.repository}${reference.includes(":") ? "@" : ":"}${reference}`;
}
