import { pushArtifact, type PushedManifest, pushIncluded } from "../../artifact/push.js";
import type { Pushable, PushableManifest } from "../../artifact/pushable.js";
import { pushBlobs } from "../../artifact/pushBlobs.js";
import { ensureListed } from "../../artifact/referrer.js";
import { RegistryError } from "../../errors.js";
import type { Digest } from "../../oci/digest.js";
import type { Repository } from "../../registry/repository.js";
import type { Operation } from "../operation.js";
import type { UploadReport } from "../uploadReport.js";
import type { ArtifactChanges } from "./changes.js";
import type { Included } from "./included.js";
import type { ArtifactInputs } from "./inputs.js";
import { baseOf } from "./state.js";

type Missing = Pick<ArtifactChanges, "missingManifests" | "missingBlobs">;

export function isMissing({ missingManifests, missingBlobs }: Missing): boolean {
  return missingManifests.length > 0 || missingBlobs.length > 0;
}

/**
 * The content with only those additional manifests that the state has. A referrer that the source got
 * later is not copied by itself, and nobody would remove it.
 */
export function ownContent(content: Pushable, own: readonly Included[]): Pushable {
  const digests = new Set(own.map(({ digest }) => digest));
  const included = content.included?.filter((one) => digests.has(digestOf(one)));
  return { ...content, ...(included === undefined ? {} : { included }) };
}

/**
 * Drops, with a warning, manifests that are missing both here and at the source. This registry is checked
 * again, because after a failed push, manifests that count as missing may exist.
 */
export async function withoutLost(
  repository: Pick<Repository, "manifests">,
  inputs: ArtifactInputs,
  content: Pushable,
  { missingManifests }: Missing,
  operation: Operation,
): Promise<ArtifactInputs> {
  const [missing, there] = [new Set(missingManifests), new Set(content.included?.map(digestOf))];
  const { included = [] } = inputs;
  const lost = new Set<Digest>();
  for (const { digest, mediaType } of included) {
    if (!missing.has(digest) || there.has(digest)) continue;
    const asked = { signal: operation.signal, accept: [mediaType] };
    if ((await repository.manifests.resolve(digest, asked)) === undefined) lost.add(digest);
  }
  if (lost.size === 0) return inputs;
  const names = [...lost].map((digest) => `${baseOf(inputs)}@${digest}`).join(", ");
  operation.log.warn(`${names} is gone, at its source too: it is no longer tracked`);
  return { ...inputs, included: included.filter(({ digest }) => !lost.has(digest)) };
}

/**
 * Sends what a refresh found missing. Returns the outcome for the manifest itself, if it was missing.
 */
export async function sendMissing(
  repository: Repository,
  content: Pushable,
  { missingManifests, missingBlobs }: Missing,
  { signal, report, isReferrer }: SendOptions,
): Promise<PushedManifest | undefined> {
  const options = { signal, observer: report };
  const wanted = new Set(missingBlobs);
  const all: readonly PushableManifest[] = [content, ...(content.included ?? [])];
  const blobs = all.flatMap((one) => one.blobs);
  const missing = blobs.filter(({ descriptor }) => wanted.has(descriptor.digest));
  if (missing.length > 0) await pushBlobs(repository, missing, options);
  if (missingManifests.includes(digestOf(content))) {
    return pushArtifact(repository, content, { ...options, updateReferrers: !isReferrer });
  }
  if (missingManifests.length > 0) await pushIncluded(repository, content, options);
  return undefined;
}

/** Makes subjects list existing referrers again, without access to the source. */
export async function listIncluded(
  repository: Repository,
  inputs: ArtifactInputs,
  referrers: readonly Digest[],
  operation: Operation,
): Promise<void> {
  for (const digest of referrers) {
    const manifest = await repository.manifests.fetch(digest, operation);
    if (manifest === undefined) throw goneMeanwhile(`${baseOf(inputs)}@${digest}`);
    await ensureListed(repository, { manifest, blobs: [] }, operation);
  }
}

function goneMeanwhile(reference: string): RegistryError {
  return new RegistryError(
    "NOT_FOUND",
    `${reference} no longer exists, so its subject cannot list it. Run \`pulumi up --refresh\` to copy it again`,
    { method: "GET", url: reference },
  );
}

interface SendOptions extends Pick<Operation, "signal"> {
  readonly report: UploadReport;
  /** Whether it is a referrer, which is listed by its subject later. */
  readonly isReferrer: boolean;
}

function digestOf({ manifest }: PushableManifest): Digest {
  return manifest.descriptor.digest;
}
