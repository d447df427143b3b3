import { ConflictError, hasCode, RegistryError } from "../errors.js";
import type { Digest } from "../oci/digest.js";
import { isTag, type Tag } from "../oci/reference.js";
import { hasDiagnostic } from "../registry/refusal.js";
import type { OperationOptions, Repository } from "../registry/repository.js";

/** The digest that each tag names; missing tags are left out. */
export async function resolveTags(
  repository: Pick<Repository, "manifests">,
  tags: readonly Tag[],
  options: OperationOptions,
): Promise<ReadonlyMap<Tag, Digest>> {
  const found = await Promise.all(
    tags.map(async (tag) => [tag, await repository.manifests.resolve(tag, options)] as const),
  );
  return new Map(
    found.flatMap(([tag, live]) => (live === undefined ? [] : [[tag, live.digest] as const])),
  );
}

/** Throws if a tag names another digest than when it was last read. Nothing was written yet. */
export async function refuseMovedTags(
  repository: Pick<Repository, "manifests">,
  { base, digest, looked }: TagsLookedAt,
  tags: readonly Tag[],
  options: OperationOptions,
): Promise<void> {
  for (const [tag, live] of await resolveTags(repository, tags, options)) {
    const before = looked.get(tag);
    if (live === before || live === digest) continue;
    const reference = `${base}:${tag}`;
    const was = before === undefined ? "it did not exist" : `it named ${before}`;
    throw new ConflictError(
      reference,
      `${reference} was put on ${live} by somebody else while content was sent: ${was} before. ${base}@${digest} is ` +
        `published, and no tag was changed. Run \`pulumi up --refresh\` to check it again`,
    );
  }
}

export interface TagsLookedAt {
  /** `<login server>/<repository>` */
  readonly base: string;
  /** The digest that the tags are to name. */
  readonly digest: Digest;
  /** The digests that they named before; missing tags are left out. */
  readonly looked: ReadonlyMap<string, string>;
}

/** One tag, in one request; `since` is the time of its last move, if the registry says it. */
export async function inspectTag(
  repository: Pick<Repository, "attributes" | "manifests">,
  tag: Tag,
  options: OperationOptions,
): Promise<{ readonly digest: Digest; readonly since?: string } | undefined> {
  try {
    const live = await repository.attributes.tag(tag, options);
    return live && { digest: live.digest, since: live.lastUpdateTime };
  } catch (error) {
    if (!hasCode(error, "UNSUPPORTED")) throw error;
    const live = await repository.manifests.resolve(tag, options);
    return live && { digest: live.digest };
  }
}

/**
 * Reads back what was written, in one request, because the properties of a manifest list its tags. Tags
 * missing there are requested by name, since the service's metadata may lag behind (Azure/acr#212).
 * Returns the tags that name something else by now, and what.
 */
export async function findLostTags(
  repository: Repository,
  digest: Digest,
  tags: readonly Tag[],
  options: OperationOptions,
): Promise<ReadonlyMap<Tag, Digest | undefined>> {
  const listed = await listedTags(repository, digest, options);
  const unlisted = tags.filter((tag) => !listed.has(tag));
  const live = await resolveTags(repository, unlisted, options);
  const lost = unlisted.filter((tag) => live.get(tag) !== digest);
  return new Map(lost.map((tag) => [tag, live.get(tag)]));
}

export function lostTagError(
  reference: string,
  digest: Digest,
  actual: Digest | undefined,
): ConflictError {
  return new ConflictError(
    reference,
    `${reference} was put on ${digest} and then ${actual === undefined ? "deleted" : `moved to ${actual}`} by ` +
      `somebody else. Run \`pulumi up --refresh\` to see and repair it`,
  );
}

/**
 * The error for a tag that the registry refuses because the manifest, which exists by digest, names
 * something that is gone; any other error unchanged.
 */
export function incompleteManifestError(
  reference: string,
  digest: Digest,
  error: unknown,
): unknown {
  if (!hasDiagnostic(error, "MANIFEST_BLOB_UNKNOWN")) return error;
  const { code, method, url, status, diagnostics, correlationId } = error;
  return new RegistryError(
    code,
    `${reference} cannot be put on ${digest}: somebody removed a blob or manifest that it names. If its resource ` +
      `has \`verify: "blobs"\`, run \`pulumi up --refresh\`, which sends what is missing; otherwise publish it again`,
    { method, url, status, diagnostics, correlationId, cause: error },
  );
}

async function listedTags(
  repository: Repository,
  digest: Digest,
  options: OperationOptions,
): Promise<ReadonlySet<string>> {
  try {
    const asked = { ...options, waitForAccess: false };
    const properties = await repository.attributes.manifest(digest, asked);
    return new Set(properties?.tags.filter(isTag));
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED", "DENIED")) return new Set();
    throw error;
  }
}
