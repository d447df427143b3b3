import { parseManifest } from "../../../provider/oci/manifest.js";
import { OCI_CONFIG } from "../../../provider/oci/mediaTypes.js";
import type { World } from "../world.js";

/** A manifest's entry in the repository and its parsed bytes. */
export interface Entry {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly lastUpdateTime: string;
  readonly children: readonly string[];
  readonly subject: string | undefined;
  /** Something of its own even without a tag: an index, or an image by its config. */
  readonly isImage: boolean;
}

export type Inventory = ReadonlyMap<string, Entry>;

type Links = Pick<Entry, "children" | "subject">;

/** A cache: the bytes of a digest never change. */
const known = new Map<string, Links>();

export async function inventoryOf({ somebody }: World): Promise<Inventory> {
  const entries = new Map<string, Entry>();
  for await (const manifest of somebody.repository.attributes.listManifests()) {
    const { digest, tags, lastUpdateTime, configMediaType } = manifest;
    const links = known.get(digest) ?? (await read(somebody, digest));
    known.set(digest, links);
    const isImage = links.children.length > 0 || configMediaType === OCI_CONFIG;
    entries.set(digest, { digest, tags, lastUpdateTime, isImage, ...links });
  }
  return entries;
}

async function read({ repository }: World["somebody"], digest: string): Promise<Links> {
  const found = await repository.manifests.fetch(
    digest as Parameters<typeof repository.manifests.fetch>[0],
  );
  if (found === undefined) throw new Error(`${digest} is listed, and is not there`);
  const { manifests, subject } = parseManifest(found.bytes, found.descriptor.mediaType);
  return { children: manifests.map((child) => child.digest), subject: subject?.digest };
}
