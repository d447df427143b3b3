import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestOf, OCI_INDEX, OCI_MANIFEST } from "pulumi-acr/client";

type Descriptor = Readonly<Record<string, unknown>> & { readonly digest: string };

/** Writes an image layout as other tools do (image-spec, image-layout.md). */
export class ImageLayout {
  readonly #entries: Descriptor[] = [];

  constructor(readonly path: string) {
    this.write("oci-layout", '{"imageLayoutVersion":"1.0.0"}');
  }

  write(name: string, content: string | Uint8Array): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  blob(content: string, mediaType = "application/vnd.oci.image.layer.v1.tar"): Descriptor {
    const digest = digestOf(content);
    this.write(fileOf(digest), content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  }

  manifest(members: object, mediaType = OCI_MANIFEST): Descriptor {
    return this.blob(JSON.stringify({ schemaVersion: 2, mediaType, ...members }), mediaType);
  }

  /** An image with one layer. */
  image(text: string, members: object = {}): Descriptor {
    const config = this.blob(`{"of":"${text}"}`, "application/vnd.oci.image.config.v1+json");
    return this.manifest({ config, layers: [this.blob(text)], ...members });
  }

  index(manifests: readonly object[], members: object = {}): Descriptor {
    return this.manifest({ manifests, ...members }, OCI_INDEX);
  }

  /** Lists it in `index.json`, under a name if one is given. */
  list(descriptor: Descriptor, name?: string): void {
    const annotations = { "org.opencontainers.image.ref.name": name };
    this.#entries.push(name === undefined ? descriptor : { ...descriptor, annotations });
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: this.#entries };
    this.write("index.json", JSON.stringify(index));
  }

  /** Two platforms, with an attestation for each, as buildx makes them. */
  release(text = "release"): { readonly index: Descriptor; readonly all: readonly string[] } {
    const platforms = ["amd64", "arm64"].map((architecture) => {
      const image = this.image(`${text} for ${architecture}`);
      const attestation = this.image(`{"of":"${image.digest}"}`);
      const of = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": image.digest,
      };
      const unknown = { os: "unknown", architecture: "unknown" };
      return [
        { ...image, platform: { os: "linux", architecture } },
        { ...attestation, annotations: of, platform: unknown },
      ];
    });
    const manifests = platforms.flat();
    const index = this.index(manifests);
    return { index, all: [index.digest, ...manifests.map(({ digest }) => digest)] };
  }
}

export function fileOf(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}
