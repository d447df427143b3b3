import { eachOf } from "../concurrency/eachOf.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { type EncodedManifest, parseManifest } from "../oci/manifest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { isForeign } from "./foreignLayer.js";
import { findUnlisted, type Referrer } from "./unlistedReferrers.js";

type Named = Pick<Descriptor, "digest" | "mediaType">;
/** Of a referrer, `subject` is the manifest that it is about. */
type Part = Named & { readonly subject?: Digest | undefined };

/** What belongs to an artifact beside its manifest, and is to be looked for. */
export interface WantedParts {
  /** Blobs that are known beforehand. */
  readonly blobs: readonly Named[];
  /** Manifests that are published with it: children of an index, and referrers. */
  readonly manifests: readonly Part[];
  /** Whether these are read, too, and all blobs that they name are looked for. */
  readonly blobsOfManifests: boolean;
}

/** What of it the registry says that it does not have. */
export interface MissingParts {
  readonly manifests: readonly Digest[];
  readonly blobs: readonly Digest[];
  /** Manifests that are there and name a blob that is not. */
  readonly incomplete: readonly Digest[];
  /** Referrers that are there, and that their subject does not list. */
  readonly unlisted: readonly Referrer[];
}

export const NOTHING_WANTED: WantedParts = { blobs: [], manifests: [], blobsOfManifests: false };
export const NOTHING_MISSING: MissingParts = {
  manifests: [],
  blobs: [],
  incomplete: [],
  unlisted: [],
};

/** Each may be read, of up to 4 MiB. */
const MANIFESTS_AT_ONCE = 8;
/** A registry answers many such questions at once; the client's own limit holds besides. */
const BLOBS_AT_ONCE = 16;

/**
 * One request for each manifest and each blob, each digest once, and for each subject what it takes to list
 * its referrers. Layers that are distributed elsewhere
 * are not looked for: nobody sent them.
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

/** Whether any of the manifests is there; asks no further than to the first that is. */
export async function hasAnyOf(
  repository: Pick<Repository, "manifests">,
  manifests: readonly Named[],
  { signal }: OperationOptions,
): Promise<boolean> {
  let found = false;
  await eachOf(manifests, { places: MANIFESTS_AT_ONCE, signal }, async (one, either) => {
    if (!found && (await isThere(repository, one, either))) found = true;
  });
  return found;
}

/** Of those that are there, notes by which of them each blob is named, where blobs are wanted. */
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

/** An index may name what is no manifest; then it is a blob (image-spec, image-index.md). */
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

/** Those that are not there, in the order in which they are named. */
async function absentOf(
  digests: readonly Digest[],
  places: number,
  { signal }: OperationOptions,
  look: (digest: Digest, signal: AbortSignal) => Promise<boolean>,
): Promise<readonly Digest[]> {
  const absent = new Set<Digest>();
  await eachOf(digests, { places, signal }, async (digest, either) => {
    if (!(await look(digest, either))) absent.add(digest);
  });
  return digests.filter((digest) => absent.has(digest));
}
