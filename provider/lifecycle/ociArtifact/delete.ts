import { removeArtifact, type RemovalOutcome } from "../../artifact/remove.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { Claim, DeleteReason } from "../ownership.js";
import type { DeletePolicy } from "./inputs.js";
import { asState, type ArtifactState, baseOf, claimOfState, declaredOf } from "./state.js";

/**
 * Removes what the state owns and nobody else declares or uses. A delete that belongs to a
 * replacement follows `onReplace`, any other `onDelete`.
 */
export async function deleteArtifact(
  host: Host,
  id: string,
  bag: PropertyBag,
  operation: Operation,
): Promise<void> {
  const state = asState(bag);
  const reason = host.ownership.reasonToDelete(state.__urn, id, claimOfState(state));
  const policy = policyFor(host, state, reason);
  if (policy === "retain") {
    if (reason === "removal") operation.log.info(`${id} stays published (onDelete: "retain")`);
    if (reason === "replacement") operation.log.info(`${id} stays published (onReplace: "retain")`);
  } else {
    const outcome = await remove(host, state, policy, operation);
    if (outcome.kept !== undefined) operation.log.warn(`${id} stays: ${outcome.kept}`);
  }
  host.ownership.forget(state.__urn, reason);
}

function policyFor(host: Host, state: ArtifactState, reason: DeleteReason): DeletePolicy {
  if (reason === "recreated") return "retain";
  if (reason === "removal") return state.onDelete ?? "delete";
  // What the program says now counts, not what it said when the old version was published.
  const declared = host.ownership.declaredBy(state.__urn) ?? state;
  return declared.onReplace ?? "retain";
}

function remove(
  host: Host,
  state: ArtifactState,
  policy: DeletePolicy,
  operation: Operation,
): Promise<RemovalOutcome> {
  const base = baseOf(state);
  const claims = otherClaims(host, state, base);
  const { tags, lock } = declaredOf(state);
  const declared = claims.some(({ digest }) => digest === state.digest);
  const untag = policy === "untag" ? 'onDelete is "untag"' : undefined;
  return removeArtifact(
    host.registry({ ...state }).repository(state.repository),
    {
      digest: state.digest,
      tags: tags.filter((tag) => !claims.some((claim) => tag in claim.tags)),
      keepManifest: declared ? "it is still declared" : untag,
      lock,
      base,
      holderOf: (reference) => host.locks.holderOf(reference),
    },
    operation,
  );
}

/** What is declared in the same repository by other resources, or by this one's replacement. */
function otherClaims(host: Host, state: ArtifactState, base: string): readonly Claim[] {
  const own = host.ownership.declaredBy(state.__urn);
  const replacement = own?.repository === base && own.digest !== state.digest ? [own] : [];
  return [...host.ownership.declaredElsewhere(state.__urn, base), ...replacement];
}
