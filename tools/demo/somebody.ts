import {
  EMPTY_DESCRIPTOR,
  encodeManifest,
  memoryBlob,
  OCI_MANIFEST,
  parseTag,
  type Repository,
} from "pulumi-acr/client";

const open = { writeEnabled: true, deleteEnabled: true };

/** Somebody else with access to the registry and a separate client. */
export class Somebody {
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** Publishes a foreign artifact; returns its digest. */
  async publish(tag: string, content: string): Promise<string> {
    const { blobs, manifests } = this.#repository;
    const layer = memoryBlob(new TextEncoder().encode(content), { mediaType: "text/plain" });
    await blobs.push(layer);
    await blobs.push(memoryBlob(new TextEncoder().encode("{}"), EMPTY_DESCRIPTOR));
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: "application/vnd.example.hotfix.v1",
      config: EMPTY_DESCRIPTOR,
      layers: [layer.descriptor],
    });
    await manifests.push(manifest, { tag: parseTag(tag) });
    return manifest.descriptor.digest;
  }

  /** As `az acr repository update --write-enabled true --delete-enabled true` does. */
  async unlock(tag: string): Promise<void> {
    await this.#repository.attributes.updateTag(parseTag(tag), open);
  }

  /** As `oras tag` does: the same manifest under another tag. */
  async tag(from: string, to: string): Promise<void> {
    const manifest = await this.#repository.manifests.fetch(parseTag(from));
    if (manifest === undefined) throw new Error(`there is no tag ${from} to tag as ${to}`);
    await this.#repository.manifests.push(manifest, { tag: parseTag(to) });
  }
}
