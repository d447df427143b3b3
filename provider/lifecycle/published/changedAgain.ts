import { describeAttributes, matches, readAttributes, restrict } from "../../artifact/lock.js";
import { ConflictError } from "../../errors.js";
import type { ManifestReference } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import type { Operation } from "../operation.js";
import { referenceTo } from "../sharedLocks.js";
import { type ArtifactChanges, attributeDrift } from "./changes.js";
import type { ArtifactInputs } from "./inputs.js";
import { type ArtifactState, baseOf, declaredOf } from "./state.js";

interface SeenChanges {
  readonly state: ArtifactState;
  readonly inputs: ArtifactInputs;
  readonly changes: Pick<ArtifactChanges, "lockSubjects">;
  readonly repository: Repository;
  readonly operation: Operation;
}

/**
 * Throws if attributes differ from what the last refresh saw, because a later change is not ours to undo.
 */
export async function refuseChangedAgain({
  state,
  inputs,
  changes,
  repository,
  operation,
}: SeenChanges): Promise<void> {
  for (const subject of changes.lockSubjects) {
    const seen = attributeDrift(state, subject);
    if (seen === undefined) continue;
    const live = await readAttributes(repository.attributes, subject, operation);
    const wanted = inputs.lock ?? {};
    if (live === undefined || matches(live, wanted)) continue;
    // Drift was recorded relative to the attributes declared at that time.
    const now = describeAttributes(restrict(live, declaredOf(state).lock ?? wanted));
    if (now !== seen) throw attributesChangedAgain(inputs, subject, seen, now);
  }
}

function attributesChangedAgain(
  inputs: ArtifactInputs,
  subject: ManifestReference,
  seen: string,
  now: string,
): ConflictError {
  const reference = referenceTo(baseOf(inputs), subject);
  return new ConflictError(
    reference,
    `${reference} was changed again: it has ${now}, the last refresh saw ${seen}. Nothing was changed. Run ` +
      `\`pulumi up --refresh\` to check it again`,
  );
}
