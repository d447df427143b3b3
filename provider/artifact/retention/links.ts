import { hasCode } from "../../errors.js";
import type { Digest } from "../../oci/digest.js";
import { parseManifest } from "../../oci/manifest.js";
import { limit } from "../../concurrency/limit.js";
import type { ManifestStore, OperationOptions } from "../../registry/repository.js";

/** The manifests that a manifest refers to. */
export interface Links {
  readonly children: readonly Digest[];
  readonly subject?: Digest;
}

/** An unreadable manifest could refer to anything. */
export type MaybeLinks = Links | "unreadable";

const NO_LINKS: Links = { children: [] };

/** Manifests read at the same time. */
const READS_AT_ONCE = 8;

/** Reads what each manifest refers to. One that no longer exists refers to nothing. */
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
    // It is not a manifest of a known kind, or may not be read (`readEnabled: false`). Any other failure
    // says nothing about it and ends the planning.
    if (hasCode(error, "PROTOCOL", "LOCKED", "DIGEST_MISMATCH")) return "unreadable";
    throw error;
  }
}
