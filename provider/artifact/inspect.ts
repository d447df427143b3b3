import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import { hasCode } from "../errors.js";
import type { Attributes, ManifestProperties } from "../registry/attributes.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { inspectReferrer, type ReferrerState } from "./referrer.js";
import { type NamedAttributes, readTagAttributes } from "./lock.js";
import {
  findMissingParts,
  hasAnyOf,
  type MissingParts,
  NOTHING_MISSING,
  type WantedParts,
} from "./missingParts.js";
import { resolveTags } from "./tags.js";

/** The declared state of one artifact. */
export interface WantedArtifact {
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  readonly lock?: NamedAttributes;
  /** What to check in addition to the manifest. By default, the manifest stands for all of it. */
  readonly parts: WantedParts;
  /** The subject of the manifest, which should list it as a referrer. */
  readonly subject?: Digest;
}

export interface LiveTag {
  readonly digest: string;
  readonly lastUpdateTime?: string;
  readonly attributes?: Attributes;
}

/** The state of the artifact in the registry. */
export interface LiveArtifact {
  /** The declared tags that exist. */
  readonly tags: ReadonlyMap<string, LiveTag>;
  /** Attributes of the manifest; absent if the registry has none. */
  readonly attributes?: Attributes;
  readonly missing: MissingParts;
  /** Whether its subject lists it as a referrer; absent if it has no subject. */
  readonly referrer?: ReferrerState;
}

/**
 * Inspects one artifact in as few requests as the service allows. The properties of a manifest list its
 * tags, so one request suffices while nothing has moved; a lock and a subject cost one more each.
 * `undefined` only if the registry itself says that the manifest does not exist.
 */
export async function inspectArtifact(
  repository: Repository,
  wanted: WantedArtifact,
  options: OperationOptions,
): Promise<LiveArtifact | undefined> {
  const live = await inspectManifest(repository, wanted, options);
  if (live === undefined) return undefined;
  const { subject, digest, parts } = wanted;
  return {
    ...live,
    missing: await findMissingParts(repository, parts, options),
    ...(subject === undefined
      ? {}
      : { referrer: await inspectReferrer(repository, { subject, digest }, options) }),
  };
}

type LiveManifest = Omit<LiveArtifact, "missing" | "referrer">;

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

/** Inspects an artifact on other registries: one HEAD for the manifest and one for each tag. */
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

/**
 * Inspects what was published with a manifest that no longer exists. `undefined` if nothing of it exists
 * either. Something remains if somebody deleted only the manifest, or a removal was interrupted.
 */
export async function inspectRest(
  repository: Repository,
  { digest, tags }: Pick<WantedArtifact, "digest" | "tags">,
  included: WantedParts["manifests"],
  options: OperationOptions,
): Promise<LiveArtifact | undefined> {
  if (!(await hasAnyOf(repository, included, options))) return undefined;
  const live = await resolveTags(repository, tags, options);
  return {
    tags: new Map([...live].map(([tag, named]) => [tag, { digest: named }])),
    missing: { ...NOTHING_MISSING, manifests: [digest] },
  };
}
