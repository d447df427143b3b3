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

/** What a resource declares of one artifact. */
export interface WantedArtifact {
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  readonly lock?: NamedAttributes;
  /** What is to be looked for beside the manifest, which else stands for it. */
  readonly parts: WantedParts;
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
  readonly missing: MissingParts;
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

/**
 * What is left where the manifest is gone: `undefined` if nothing of what was published with it is there
 * either. Somebody deleted it alone, or a removal ended half way.
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
