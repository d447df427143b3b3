import { absence } from "../../artifact/drift.js";
import type { Drift } from "../../artifact/foundDrift.js";
import { pushArtifact, type PushedManifest, pushIncluded } from "../../artifact/push.js";
import type { Pushable } from "../../artifact/pushable.js";
import { refuseMovedTags, resolveTags } from "../../artifact/tags.js";
import { hasCode } from "../../errors.js";
import { isDigest } from "../../oci/digest.js";
import type { ManifestReference } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import { PartialFailure } from "../failures.js";
import type { Host } from "../host.js";
import type { CreateResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { ownLocksOf } from "../ownership.js";
import { type UploadReport, withUploadReport } from "../uploadReport.js";
import type { ContentKind } from "./contentKind.js";
import { decideTags } from "./decideTags.js";
import type { ArtifactInputs } from "./inputs.js";
import { noteManifests } from "./notedPuts.js";
import { listingOf, Publication, type PublicationParts } from "./publication.js";
import { repositoryToWrite } from "./repositoryToWrite.js";
import {
  asBag,
  asInputs,
  baseOf,
  claimOfState,
  idOf,
  outputsOf,
  settledView,
  tagsOf,
} from "./state.js";

/**
 * Publishes an artifact: checks, then sends what is missing, then the manifest by digest, the tags and
 * the lock, and reads everything back. Identical content is adopted, so that the next run completes one
 * that was killed anywhere. Once the manifest exists, a failure is a partial one.
 */
export function createArtifact(
  content: ContentKind,
  host: Host,
  bag: PropertyBag,
  operation: Operation,
): Promise<CreateResult> {
  return withUploadReport(operation.log, (report) => create(content, host, bag, operation, report));
}

async function create(
  content: ContentKind,
  host: Host,
  bag: PropertyBag,
  operation: Operation,
  report: UploadReport,
): Promise<CreateResult> {
  const id = decidedId(content, asInputs(bag));
  report.phase("packing");
  const packed = await content.pack(host, bag, operation);
  const inputs: ArtifactInputs = { ...asInputs(bag), ...content.findings(packed) };
  const repository = repositoryToWrite(host, bag);
  report.phase("checking what exists");
  await content.requireReferenced(repository, inputs, operation);
  const present = await isPresent(repository, inputs, operation);
  const parts = { host, inputs, repository, operation, report };
  const tags = await lookAtTags(parts);
  const lockSubjects = lockSubjectsOf(inputs);
  const publication = new Publication({ ...parts, ...tags, content: packed, lockSubjects });
  await publication.refuseForeignLocks();
  const lookedAt = host.now();
  const left = { something: false, all: false };
  try {
    const manifests = noteManifests(repository.manifests, () => (left.something = true));
    const to = { ...parts, repository: { ...repository, manifests } };
    const pushed = await push(packed, inputs, present, to);
    Object.assign(left, { something: true, all: true });
    if (host.now() - lookedAt > LOOK_AGAIN_AFTER_MS) await lookAgain(parts, tags.live);
    await publication.publish(listingOf(inputs, pushed));
  } catch (error) {
    if (!left.something) return refused(error, content, parts);
    const missing = left.all ? [] : unsent(inputs, present);
    throw new PartialFailure(id, halfMade(inputs, publication, missing), error);
  }
  report.phase("published");
  host.packed.delete(inputs.digest);
  const state = outputsOf(inputs, settledView(inputs));
  host.ownership.publish(inputs.__urn, claimOfState(state));
  return { id, outs: asBag(state) };
}

function decidedId(content: ContentKind, inputs: ArtifactInputs): string {
  if (content.undecided !== undefined && !isDigest(inputs.digest)) throw content.undecided(inputs);
  return idOf(inputs);
}

/**
 * Whether the manifest exists. A lock needs attributes, so with a lock these are requested: a registry
 * without attributes then fails before anything is published.
 */
async function isPresent(
  repository: Repository,
  { digest, lock }: ArtifactInputs,
  operation: Operation,
): Promise<boolean> {
  const found =
    lock === undefined
      ? await repository.manifests.resolve(digest, operation)
      : await repository.attributes.manifest(digest, operation);
  return found !== undefined;
}

/**
 * Pushes the content. Even if the manifest exists, something that belongs to it may be missing. Listing
 * it as a referrer comes later, when a failure is a partial one.
 */
async function push(
  content: Pushable,
  { subject, verify }: ArtifactInputs,
  present: boolean,
  to: Pick<PublicationParts, "repository" | "operation" | "report">,
): Promise<PushedManifest | undefined> {
  const options = { signal: to.operation.signal, observer: to.report };
  if (!present || verify === "blobs") {
    const updateReferrers = subject === undefined;
    return pushArtifact(to.repository, content, { ...options, updateReferrers });
  }
  await pushIncluded(to.repository, content, options);
  return undefined;
}

/**
 * The error of a refused push. A manifest that it refers to may have been deleted since it was checked,
 * which each registry reports in its own words.
 */
async function refused(
  error: unknown,
  content: Pick<ContentKind, "requireReferenced">,
  { repository, inputs, operation }: Look,
): Promise<never> {
  if (hasCode(error, "REJECTED")) await content.requireReferenced(repository, inputs, operation);
  throw error;
}

function halfMade(
  inputs: ArtifactInputs,
  publication: Pick<Publication, "formerLocks" | "view">,
  missing: readonly Drift[],
): PropertyBag {
  const { formerLocks: __formerLocks } = publication;
  const view = publication.view();
  const live = { ...view, drift: [...view.drift, ...missing] };
  return asBag({ ...outputsOf(inputs, live), __formerLocks });
}

/** What the next run must send unless it exists, because it is unknown how far the push came. */
function unsent(inputs: ArtifactInputs, present: boolean): readonly Drift[] {
  const { digest, included = [] } = inputs;
  const digests = present ? included.map((one) => one.digest) : [digest];
  return digests.map((one) => absence("manifest-missing", one, baseOf(inputs)));
}

/** After sending for this long, somebody may well have moved a tag since it was checked. */
const LOOK_AGAIN_AFTER_MS = 10_000;

/**
 * Checks the tags again. Registries cannot move a tag conditionally; this shortens the time in which a
 * move by somebody else goes unnoticed.
 */
async function lookAgain(
  parts: Pick<Look, "repository" | "operation" | "inputs">,
  looked: ReadonlyMap<string, string>,
): Promise<void> {
  const { repository, inputs, operation } = parts;
  if (inputs.onTagConflict === "move") return;
  const before = { base: baseOf(inputs), digest: inputs.digest, looked };
  await refuseMovedTags(repository, before, tagsOf(inputs), operation);
}

function lockSubjectsOf(inputs: ArtifactInputs): readonly ManifestReference[] {
  return inputs.lock === undefined ? [] : [...tagsOf(inputs), inputs.digest];
}

type Look = Pick<PublicationParts, "host" | "repository" | "operation"> & {
  readonly inputs: ArtifactInputs;
};

/** The current tags and what to do with them. Throws for a conflict. */
async function lookAtTags({
  host,
  inputs,
  repository,
  operation,
}: Look): Promise<Pick<PublicationParts, "live" | "plan" | "ownLocks" | "passed">> {
  const base = baseOf(inputs);
  const owned = host.ownership.ownedBy(inputs.__urn, base);
  const live = await resolveTags(repository, tagsOf(inputs), operation);
  const { digest, onTagConflict: policy } = inputs;
  const wanted = { repository, base, digest, tags: tagsOf(inputs), live, owned, policy };
  const decision = await decideTags(host, { ...wanted, setting: "onTagConflict" }, operation);
  return { ...decision, ownLocks: ownLocksOf(owned) };
}
