import { removeTag } from "../../artifact/removeTag.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import { whenUnlocked } from "../whenUnlocked.js";
import { baseOf } from "../published/state.js";
import type { Operation } from "../operation.js";
import { asState, ownDigests } from "./state.js";

/**
 * Removes the tag, but never the manifest, if it still names what we put it on. A tag that the program
 * declares, for example in the replacement of this resource, stays.
 */
export async function deleteTag(
  host: Host,
  id: string,
  bag: PropertyBag,
  operation: Operation,
): Promise<void> {
  const state = asState(bag);
  const { tag } = state;
  const claims = host.ownership.declaredElsewhere(undefined, baseOf(state));
  if (claims.some((claim) => tag in claim.tags)) return;
  const repository = host.registry(bag).repository(state.repository);
  const holderOf = (reference: string): string => host.locks.holderOf(reference);
  const removal = { tag, digests: ownDigests(state), reference: id, holderOf };
  const kept = await whenUnlocked(host, operation, () => removeTag(repository, removal, operation));
  if (kept !== undefined) operation.log.warn(`${id} stays: ${kept}`);
}
