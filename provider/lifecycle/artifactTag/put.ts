import { REMOVED_BY_OTHERS } from "../../artifact/requireManifests.js";
import { planTags } from "../../artifact/tagPlan.js";
import { RegistryError } from "../../errors.js";
import type { Descriptor } from "../../oci/descriptor.js";
import type { FetchedManifest, Repository } from "../../registry/repository.js";
import { PartialFailure } from "../failures.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import { openPassedTags, tagsTaken } from "../passedTags.js";
import { Publication } from "../published/publication.js";
import { repositoryToWrite } from "../published/repositoryToWrite.js";
import { baseOf } from "../published/state.js";
import type { Operation } from "../operation.js";
import { asInputs, type TagInputs } from "./inputs.js";
import { outputsOf } from "./state.js";

/** What is known of the tag beside what the registry says. */
export interface Ownership {
  /** What its own state says that it names. */
  readonly known?: string;
  /** Declared for the first time. */
  readonly isNew: boolean;
}

/**
 * Makes the tag name the declared digest, unless it does already. Looks first: a conflict, a digest
 * that is not there and a foreign lock end before anything is written.
 */
export async function putTag(
  host: Host,
  bag: PropertyBag,
  owned: Ownership,
  operation: Operation,
): Promise<PropertyBag> {
  const inputs = asInputs(bag);
  const repository = repositoryToWrite(host, bag);
  const live = await repository.manifests.resolve(inputs.tag, operation);
  const passed = tagsTaken(host, baseOf(inputs), [inputs.tag]);
  if (live?.digest === inputs.digest) {
    await openPassedTags(host, repository.attributes, baseOf(inputs), passed, operation);
    return outputsOf(inputs);
  }
  const known = owned.known ?? passed[0]?.named;
  const plan = planOf(inputs, { ...owned, known }, live);
  const manifest = await requireManifest(repository, inputs, operation);
  const publication = new Publication({
    host,
    inputs: { ...inputs, tags: [inputs.tag] },
    repository,
    content: { manifest, blobs: [] },
    operation,
    live: new Map(),
    plan,
    ownLocks: [],
    passed,
    lockSubjects: [],
  });
  await publication.refuseForeignLocks();
  try {
    await publication.publish("listed");
  } catch (error) {
    if (publication.view().tags.length === 0) throw error;
    throw new PartialFailure(inputs.reference, outputsOf(inputs), error);
  }
  return outputsOf(inputs);
}

function planOf(
  { tag, reference, digest, onConflict }: TagInputs,
  { known, isNew }: Ownership,
  live: Descriptor | undefined,
): ReturnType<typeof planTags> {
  const situation = { tag, reference, live: live?.digest, known, isNew };
  return planTags([situation], digest, onConflict ?? "fail", "onConflict");
}

/** The bytes to put under the tag: those that the registry has under the digest. */
async function requireManifest(
  repository: Pick<Repository, "manifests">,
  inputs: TagInputs,
  operation: Operation,
): Promise<FetchedManifest> {
  const manifest = await repository.manifests.fetch(inputs.digest, operation);
  if (manifest !== undefined) return manifest;
  const reference = `${baseOf(inputs)}@${inputs.digest}`;
  throw new RegistryError(
    "NOT_FOUND",
    `${reference} does not exist, so the tag ${inputs.tag} cannot name it. Nothing was changed. Publish it first; ` +
      `if the same stack does, refer to that resource's outputs, or add dependsOn. ${REMOVED_BY_OTHERS}`,
    { method: "GET", url: reference },
  );
}
