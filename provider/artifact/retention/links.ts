import { hasCode } from "../../errors.js";
import type { Digest } from "../../oci/digest.js";
import { parseManifest } from "../../oci/manifest.js";
import { limit } from "../../concurrency/limit.js";
import type { ManifestStore, OperationOptions } from "../../registry/repository.js";

/** Other manifests that a manifest names. */
export interface Links {
  readonly children: readonly Digest[];
  readonly subject?: Digest;
}

/** A manifest that cannot be read could name anything. */
export type MaybeLinks = Links | "unreadable";

const NO_LINKS: Links = { children: [] };

/** Manifests under way at the same time: as many as a browser would. */
const READS_AT_ONCE = 8;

/** What each of the manifests names. One that is gone by now names nothing. */
export async function readAllLinks(
  manifests: Pick<ManifestStore, "fetch">,
  digests: readonly Digest[],
  options: OperationOptions,
): Promise<ReadonlyMap<Digest, MaybeLinks>> {
  const place = limit(READS_AT_ONCE);
  const read = (digest: Digest) => place(() => readLinks(manifests, digest, options));
  const found = await Promise.all(
    digests.map(async (digest) => [digest, await read(digest)] as const),
  );
  return new Map(found);
}

export async function readLinks(
  manifests: Pick<ManifestStore, "fetch">,
  digest: Digest,
  options: OperationOptions,
): Promise<MaybeLinks> {
  try {
    const found = await manifests.fetch(digest, options);
    if (found === undefined) return NO_LINKS;
    const { manifests: children, subject } = parseManifest(found.bytes, found.descriptor.mediaType);
    return { children: children.map((child) => child.digest), subject: subject?.digest };
  } catch (error) {
    // No manifest that we understand, or one that nobody may read (`readEnabled: false`). Any other
    // failure says nothing about it, and ends the plan.
    if (hasCode(error, "PROTOCOL", "LOCKED", "DIGEST_MISMATCH")) return "unreadable";
    throw error;
  }
}
