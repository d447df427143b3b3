import { REMOVED_BY_OTHERS } from "../../artifact/requireManifests.js";
import { resolveTags } from "../../artifact/tags.js";
import { RegistryError } from "../../errors.js";
import type { Digest } from "../../oci/digest.js";
import type { Tag } from "../../oci/reference.js";
import { ATTRIBUTE_NAMES } from "../../registry/attributes.js";
import type { AttributeStore, FetchedManifest, Repository } from "../../registry/repository.js";
import { PartialFailure } from "../failures.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Claim } from "../ownership.js";
import { knownByFormer, openPassedTags, tagsTaken } from "../passedTags.js";
import { closeForOthers } from "../published/closeForOthers.js";
import { decideTags, type TagDecision } from "../published/decideTags.js";
import { Publication } from "../published/publication.js";
import { repositoryToWrite } from "../published/repositoryToWrite.js";
import { baseOf } from "../published/state.js";
import type { Operation } from "../operation.js";
import { asInputs, type TagInputs } from "./inputs.js";
import { claimOfState, outputsOf, type TagState } from "./state.js";

/**
 * Makes the tag name the declared digest, unless it does already. A conflict, a missing digest or a
 * foreign lock is found before anything is written. `olds` is absent for a create.
 */
export async function putTag(
  host: Host,
  bag: PropertyBag,
  olds: TagState | undefined,
  operation: Operation,
): Promise<PropertyBag> {
  const inputs = asInputs(bag);
  const repository = repositoryToWrite(host, bag);
  const found = await takeOver(host, inputs, olds, repository, operation);
  if (found.get(inputs.tag) === inputs.digest) return outputsOf(inputs);
  // A tag that is replaced under the same name may still name its own digest.
  const owned =
    olds === undefined ? host.ownership.ownedBy(inputs.__urn, baseOf(inputs)) : claimOfState(olds);
  const decision = await decideTags(host, wantedOf(inputs, repository, owned, found), operation);
  const named = decision.live.get(inputs.tag);
  // Somebody put it there while we waited.
  if (named === inputs.digest) return putTag(host, bag, olds, operation);
  let publication: Publication | undefined;
  try {
    const manifest = await requireManifest(repository, inputs, operation);
    publication = new Publication({
      host,
      inputs: { ...inputs, tags: [inputs.tag] },
      repository,
      content: { manifest, blobs: [] },
      operation,
      ...decision,
      live: new Map(),
      ownLocks: [],
      lockSubjects: [],
    });
    await publication.refuseForeignLocks();
    await publication.publish("listed");
  } catch (error) {
    const outs = unfinished(inputs, publication, standing(inputs, decision, owned, olds));
    if (outs === undefined) throw error;
    throw new PartialFailure(inputs.reference, outs, error);
  }
  return outputsOf(inputs);
}

/**
 * Inspects the tag. If it names the digest already, only the lock of its former owner may have to be
 * opened. It is then inspected again, since somebody may have removed it meanwhile.
 */
async function takeOver(
  host: Host,
  inputs: TagInputs,
  olds: TagState | undefined,
  { attributes, manifests }: Pick<Repository, "attributes" | "manifests">,
  operation: Operation,
): Promise<ReadonlyMap<Tag, Digest>> {
  const look = () => resolveTags({ manifests }, [inputs.tag], operation);
  const found = await look();
  if (found.get(inputs.tag) !== inputs.digest) return found;
  if (isUnfinished(olds, inputs)) await closeLeftOpen(host, inputs, attributes, operation);
  const passed = tagsTaken(host, baseOf(inputs), [inputs.tag]);
  if (passed.every(({ locks }) => locks.length === 0)) return found;
  await openPassedTags(host, attributes, baseOf(inputs), passed, operation);
  return look();
}

/** A run that failed has put the tag, or tried to. */
function isUnfinished(olds: TagState | undefined, { digest }: TagInputs): boolean {
  if (olds === undefined || olds.drift.length > 0) return false;
  return olds.digest !== digest && olds.__declared.digest === digest;
}

/** That run may have ended before it closed the tag again for those who lock it, whatever it was that it opened. */
async function closeLeftOpen(
  host: Host,
  { __urn: urn, tag, ...inputs }: TagInputs,
  attributes: AttributeStore,
  operation: Operation,
): Promise<void> {
  const closed = Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, false]));
  await closeForOthers(attributes, { host, urn, base: baseOf(inputs), tag }, closed, operation);
}

function wantedOf(
  inputs: TagInputs,
  repository: Pick<Repository, "manifests">,
  owned: Claim | undefined,
  live: ReadonlyMap<Tag, Digest>,
): Parameters<typeof decideTags>[1] {
  const { tag, digest, onConflict: policy } = inputs;
  const base = baseOf(inputs);
  return { repository, base, digest, tags: [tag], live, owned, policy, setting: "onConflict" };
}

interface Before {
  /** The digest that the tag named. */
  readonly live: Digest | undefined;
  /** Whether the stack had put it there. */
  readonly isOurs: boolean;
  /**
   * Whether another resource had put it there. When that resource drops the tag, only our state records
   * it.
   */
  readonly isTaken: boolean;
  /** Whether that resource may have locked it, which no state will record any more. */
  readonly isLocked: boolean;
}

function standing(
  { tag }: TagInputs,
  { live: found, passed }: Pick<TagDecision, "live" | "passed">,
  owned: Claim | undefined,
  olds: TagState | undefined,
): Before {
  const live = found.get(tag);
  const isFormers = live !== undefined && knownByFormer(passed, tag, live) === live;
  return {
    live,
    isOurs: isFormers || (live !== undefined && owned?.putOn?.includes(live) === true),
    isTaken: isFormers && olds === undefined,
    isLocked: passed.some(({ locks }) => locks.length > 0),
  };
}

/**
 * The state after a failure; `undefined` if the tag was not put, and so is not ours. Without an answer,
 * the tag may be at its old or its new digest.
 */
function unfinished(
  inputs: TagInputs,
  publication: Pick<Publication, "view" | "isUnsure" | "sentTag"> | undefined,
  { live, isOurs, isTaken, isLocked }: Before,
): PropertyBag | undefined {
  if (publication !== undefined && publication.view().tags.length > 0) return outputsOf(inputs);
  const keeps = isTaken && (!isLocked || publication?.sentTag === true);
  if (publication?.isUnsure !== true && !keeps) return undefined;
  return {
    ...outputsOf(inputs),
    digest: live ?? inputs.digest,
    ...(isOurs ? { __former: live } : {}),
  };
}

/** The bytes to put under the tag: those of the digest in the registry. */
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
