import type { Emulator } from "pulumi-acr/emulator";
import {
  type Attributes,
  type Digest,
  digestOf,
  encodeManifest,
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  type EncodedManifest,
  memoryBlob,
  OCI_INDEX,
  OCI_MANIFEST,
  RegistryClient,
  type RegistryClientOptions,
  type Repository,
} from "pulumi-acr/client";
import { parseTag } from "../../provider/oci/reference.js";
import { parseDigest } from "../../provider/oci/digest.js";

/** Somebody else with the same rights, who changes one repository behind Pulumi's back. */
export class Somebody {
  readonly #client: RegistryClient;
  readonly repository: Repository;

  constructor(
    emulator: Pick<Emulator, "url" | "credentials">,
    repository: string,
    options: Pick<RegistryClientOptions, "clock" | "idleTimeoutMs"> = {},
  ) {
    const { username, password } = emulator.credentials;
    const credential = { kind: "token", username, password } as const;
    this.#client = new RegistryClient(emulator.url, { ...options, credential });
    this.repository = this.#client.repository(repository);
  }

  close(): void {
    this.#client.close();
  }

  /** Publishes another artifact, optionally with a tag; returns its digest. */
  async publish(text: string, tag?: string, subject?: string): Promise<Digest> {
    const layer = memoryBlob(Buffer.from(text), { mediaType: "text/plain" });
    await this.repository.blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
    await this.repository.blobs.push(layer);
    return this.#put(
      encodeManifest({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType: "application/vnd.example",
        config: EMPTY_DESCRIPTOR,
        layers: [layer.descriptor],
        ...(subject === undefined ? {} : { subject: await this.#descriptor(subject) }),
      }),
      tag,
    );
  }

  /** Publishes an index of the manifests; `note` gives it a digest of its own. */
  async publishIndex(
    children: string | readonly string[],
    tag?: string,
    note?: string,
  ): Promise<Digest> {
    const manifests = await Promise.all([children].flat().map((one) => this.#descriptor(one)));
    const annotations = note === undefined ? {} : { annotations: { note } };
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests, ...annotations } as const;
    return this.#put(encodeManifest(index), tag);
  }

  /** Points a tag at an existing manifest. */
  async tag(name: string, digest: string): Promise<void> {
    const manifest = await this.repository.manifests.fetch(parseDigest(digest));
    if (manifest === undefined) throw new Error(`there is no ${digest}`);
    await this.#put(manifest, name);
  }

  async untag(name: string): Promise<void> {
    await this.repository.tags.delete(parseTag(name));
  }

  /** The digest that a tag names; `undefined` without the tag. */
  async digestOf(tag: string): Promise<string | undefined> {
    return (await this.repository.manifests.resolve(parseTag(tag)))?.digest;
  }

  async has(digest: string): Promise<boolean> {
    return (await this.repository.manifests.resolve(parseDigest(digest))) !== undefined;
  }

  async attributesOfTag(tag: string): Promise<Attributes | undefined> {
    return (await this.repository.attributes.tag(parseTag(tag)))?.attributes;
  }

  async attributesOfManifest(digest: string): Promise<Attributes | undefined> {
    return (await this.repository.attributes.manifest(parseDigest(digest)))?.attributes;
  }

  async setTagAttributes(tag: string, attributes: Partial<Attributes>): Promise<void> {
    await this.repository.attributes.updateTag(parseTag(tag), attributes);
  }

  async setManifestAttributes(digest: string, attributes: Partial<Attributes>): Promise<void> {
    await this.repository.attributes.updateManifest(parseDigest(digest), attributes);
  }

  async deleteManifest(digest: string): Promise<void> {
    await this.repository.manifests.delete(parseDigest(digest));
  }

  async #put(manifest: EncodedManifest, tag: string | undefined): Promise<Digest> {
    await this.repository.manifests.push(manifest, tag === undefined ? {} : { tag: parseTag(tag) });
    return manifest.descriptor.digest;
  }

  async #descriptor(digest: string): Promise<EncodedManifest["descriptor"]> {
    const found = await this.repository.manifests.resolve(parseDigest(digest));
    return found ?? { mediaType: OCI_MANIFEST, digest: parseDigest(digest), size: 2 };
  }
}

/** A digest without content. */
export const ABSENT_DIGEST = digestOf("nothing has this digest");
