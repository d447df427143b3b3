import { eachOf } from "../concurrency/eachOf.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import { hasCode } from "../errors.js";
import type { Attributes, ManifestProperties } from "../registry/attributes.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { inspectReferrer, type ReferrerState } from "./referrer.js";
import { type NamedAttributes, readTagAttributes } from "./lock.js";

/** What a resource declares of one artifact. */
export interface WantedArtifact {
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  readonly lock?: NamedAttributes;
  /** Blobs whose presence is to be checked; empty: the manifest stands for them. */
  readonly blobs: readonly Descriptor[];
  /** The manifest that it refers to, which is to list it as a referrer. */
  readonly subject?: Digest;
}

export interface LiveTag {
  readonly digest: string;
  readonly lastUpdateTime?: string;
  readonly attributes?: Attributes;
}

/** What the registry holds of it. */
export interface LiveArtifact {
  /** Of the declared tags, those that exist. */
  readonly tags: ReadonlyMap<string, LiveTag>;
  /** Of the manifest; absent where the registry has no attributes. */
  readonly attributes?: Attributes;
  readonly missingBlobs: readonly Digest[];
  /** Where it stands in the list of its subject's referrers; absent if it has none. */
  readonly referrer?: ReferrerState;
}

/**
 * Looks at one artifact in as few requests as the service allows: the manifest's properties list its
 * tags, so one request is enough while nothing has moved; a lock costs one more, and so does a subject.
 * `undefined` only if the registry itself says that the manifest is gone.
 */
export async function inspectArtifact(
  repository: Repository,
  wanted: WantedArtifact,
  options: OperationOptions,
): Promise<LiveArtifact | undefined> {
  const live = await inspectManifest(repository, wanted, options);
  if (live === undefined) return undefined;
  const { subject, digest, blobs } = wanted;
  return {
    ...live,
    missingBlobs: await missingBlobs(repository, blobs, options),
    ...(subject === undefined
      ? {}
      : { referrer: await inspectReferrer(repository, { subject, digest }, options) }),
  };
}

type LiveManifest = Omit<LiveArtifact, "missingBlobs" | "referrer">;

async function inspectManifest(
  repository: Repository,
  wanted: WantedArtifact,
  options: OperationOptions,
): Promise<LiveManifest | undefined> {
  let properties: ManifestProperties | undefined;
  try {
    properties = await repository.attributes.manifest(wanted.digest, options);
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED")) return inspectByResolving(repository, wanted, options);
    throw error;
  }
  if (properties === undefined) return undefined;
  const listed = new Set(properties.tags);
  const locked = wanted.lock === undefined ? [] : wanted.tags.filter((tag) => listed.has(tag));
  const store = repository.attributes;
  const attributes = await readTagAttributes(store, wanted.digest, locked, options);
  const tags = new Map<string, LiveTag>();
  for (const tag of wanted.tags) {
    const found = listed.has(tag)
      ? { digest: wanted.digest, attributes: attributes.get(tag) }
      : await repository.attributes.tag(tag, options);
    if (found !== undefined) tags.set(tag, found);
  }
  return { tags, attributes: properties.attributes };
}

/** Any other OCI registry: one HEAD for the manifest and one for each tag. */
async function inspectByResolving(
  repository: Repository,
  wanted: WantedArtifact,
  options: OperationOptions,
): Promise<LiveManifest | undefined> {
  if ((await repository.manifests.resolve(wanted.digest, options)) === undefined) return undefined;
  const tags = new Map<string, LiveTag>();
  for (const tag of wanted.tags) {
    const found = await repository.manifests.resolve(tag, options);
    if (found !== undefined) tags.set(tag, { digest: found.digest });
  }
  return { tags };
}

/** A registry answers many such questions at once; the client's own limit holds besides. */
const BLOBS_AT_ONCE = 16;

/** In the order in which the manifest names them. */
async function missingBlobs(
  repository: Repository,
  blobs: readonly Descriptor[],
  options: OperationOptions,
): Promise<Digest[]> {
  const digests = [...new Set(blobs.map((blob) => blob.digest))];
  const missing = new Set<Digest>();
  const places = { places: BLOBS_AT_ONCE, signal: options.signal };
  await eachOf(digests, places, async (digest, signal) => {
    if (!(await repository.blobs.exists(digest, { signal }))) missing.add(digest);
  });
  return digests.filter((digest) => missing.has(digest));
}
