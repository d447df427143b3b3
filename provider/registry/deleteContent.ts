import type { AccessOptions } from "./repository.js";
import { orAbsent } from "./refusal.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";

/** What to delete, and the error codes by which the registry says that it does not exist. */
export interface Content {
  readonly kind: "blob" | "manifest";
  readonly digest: string;
  readonly path: string;
  readonly absent: readonly string[];
}

/** Deletes content by digest (distribution-spec, "Content Management"). `false` if it did not exist. */
export async function deleteContent(
  context: RepositoryContext,
  { kind, digest, path, absent }: Content,
  options: AccessOptions,
): Promise<boolean> {
  const deleted = context.transport.send({
    method: "DELETE",
    path,
    scopes: [scopeOf(context, "delete")],
    operation: `delete the ${kind} ${nameOf(context, digest)}`,
    expect: [200, 202],
    repeatable: true,
    waitForAccess: options.waitForAccess,
    signal: options.signal,
  });
  const response = await orAbsent(deleted, undefined, ...absent);
  await response?.discard();
  return response !== undefined;
}
