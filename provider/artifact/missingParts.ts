import { eachOf } from "../concurrency/eachOf.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { type EncodedManifest, parseManifest } from "../oci/manifest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { isForeign } from "./foreignLayer.js";
import { findUnlisted, type Referrer } from "./unlistedReferrers.js";

type Named = Pick<Descriptor, "digest" | "mediaType">;
/** A part to look for; for a referrer, `subject` is its subject. */
type Part = Named & { readonly subject?: Digest | undefined };

/** The parts of an artifact to look for, in addition to its manifest. */
export interface WantedParts {
  /** Blobs whose digests are known beforehand. */
  readonly blobs: readonly Named[];
  /** Manifests published with it: children of an index, and referrers. */
  readonly manifests: readonly Part[];
  /** Whether to read these manifests and look for all their blobs. */
  readonly blobsOfManifests: boolean;
}

/** The parts that the registry does not have. */
export interface MissingParts {
  readonly manifests: readonly Digest[];
  readonly blobs: readonly Digest[];
  /** Manifests that exist but have a missing blob. */
  readonly incomplete: readonly Digest[];
  /** Referrers that exist but are not listed by their subject. */
  readonly unlisted: readonly Referrer[];
}

export const NOTHING_WANTED: WantedParts = { blobs: [], manifests: [], blobsOfManifests: false };
export const NOTHING_MISSING: MissingParts = {
  manifests: [],
  blobs: [],
  incomplete: [],
  unlisted: [],
};

/** Each of these may be a read of up to 4 MiB. */
const MANIFESTS_AT_ONCE = 8;
/** These are small requests; the client's own limit applies as well. */
const BLOBS_AT_ONCE = 16;

/**
 * Sends one request for each manifest and blob, each digest once, and lists the referrers of each
 * subject. Layers that are distributed elsewhere are skipped, since they are never pushed.
 */
export async function findMissingParts(
  repository: Pick<Repository, "blobs" | "manifests" | "referrers">,
  wanted: WantedParts,
  options: OperationOptions,
): Promise<MissingParts> {
  const namedBy = new Map<Digest, Digest[]>();
  for (const { digest } of wanted.blobs.filter(isSent)) namedBy.set(digest, []);
  const manifests = await absentManifests(repository, wanted, namedBy, options);
  const blobs = await absentOf([...namedBy.keys()], BLOBS_AT_ONCE, options, (digest, signal) =>
    repository.blobs.exists(digest, { signal }),
  );
  const incomplete = new Set(blobs.flatMap((digest) => namedBy.get(digest) ?? []));
  const missing = new Set(manifests);
  const there = wanted.manifests.filter(({ digest }) => !missing.has(digest));
  const unlisted = await findUnlisted(repository, there, options);
  return { manifests, blobs, incomplete: [...incomplete], unlisted };
}

/** Whether any of the manifests exists; stops at the first one that does. */
export async function hasAnyOf(
  repository: Pick<Repository, "manifests">,
  manifests: readonly Named[],
  { signal }: OperationOptions,
): Promise<boolean> {
  let found = false;
  await eachOf(manifests, { concurrency: MANIFESTS_AT_ONCE, signal }, async (one, either) => {
    if (!found && (await isThere(repository, one, either))) found = true;
  });
  return found;
}

/**
 * Finds the manifests that do not exist. If blobs are wanted, records for each blob which manifests name
 * it.
 */
async function absentManifests(
  repository: Pick<Repository, "manifests">,
  { manifests, blobsOfManifests }: WantedParts,
  namedBy: Map<Digest, Digest[]>,
  options: OperationOptions,
): Promise<readonly Digest[]> {
  const types = new Map(manifests.map(({ digest, mediaType }) => [digest, mediaType]));
  return absentOf([...types.keys()], MANIFESTS_AT_ONCE, options, async (digest, signal) => {
    const one = { digest, mediaType: types.get(digest) ?? "" };
    if (!blobsOfManifests) return isThere(repository, one, signal);
    const found = await repository.manifests.fetch(digest, { signal, accept: [one.mediaType] });
    if (found === undefined) return false;
    for (const blob of blobsIn(found, types)) {
      const names = namedBy.get(blob.digest);
      if (names === undefined) namedBy.set(blob.digest, [digest]);
      else names.push(digest);
    }
    return true;
  });
}

/**
 * The blobs that a manifest names. An index may name one that is not a manifest (image-spec,
 * image-index.md).
 */
function blobsIn(
  { bytes, descriptor }: EncodedManifest,
  known: ReadonlyMap<Digest, string>,
): readonly Descriptor[] {
  const { config, layers, manifests } = parseManifest(bytes, descriptor.mediaType);
  const strangers = manifests.filter(({ digest }) => !known.has(digest));
  return [...(config === undefined ? [] : [config]), ...layers, ...strangers].filter(isSent);
}

function isSent({ mediaType }: Named): boolean {
  return !isForeign(mediaType);
}

async function isThere(
  { manifests }: Pick<Repository, "manifests">,
  { digest, mediaType }: Named,
  signal: AbortSignal,
): Promise<boolean> {
  return (await manifests.resolve(digest, { signal, accept: [mediaType] })) !== undefined;
}

/** The blobs that do not exist, in the order of their manifests. */
async function absentOf(
  digests: readonly Digest[],
  concurrency: number,
  { signal }: OperationOptions,
  look: (digest: Digest, signal: AbortSignal) => Promise<boolean>,
): Promise<readonly Digest[]> {
  const absent = new Set<Digest>();
  await eachOf(digests, { concurrency, signal }, async (digest, either) => {
    if (!(await look(digest, either))) absent.add(digest);
  });
  return digests.filter((digest) => absent.has(digest));
}
