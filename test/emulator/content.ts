import { createHash } from "node:crypto";

import { type Emulator } from "../../emulator/index.js";
import { asAdmin } from "./exchange.js";

export const ociManifest = "application/vnd.oci.image.manifest.v1+json";
export const ociIndex = "application/vnd.oci.image.index.v1+json";
export const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

export function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

export function sha512(bytes: string | Uint8Array): string {
  return `sha512:${createHash("sha512").update(bytes).digest("hex")}`;
}

/** Content with its digest. */
export interface Content {
  readonly text: string;
  readonly digest: string;
}

export function content(text: string): Content {
  return { text, digest: sha256(text) };
}

export const layer = content("a layer");
export const config = content('{"architecture":"amd64","os":"linux"}');
export const absent = sha256("nobody pushed this");

const imageConfig = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar+gzip";

/** An image manifest with `config` and `layer`; extra keys give it another digest. */
export function imageManifest(extra: object = {}, mediaType = ociManifest): Content {
  return content(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: imageConfig, digest: config.digest, size: config.text.length },
      layers: [{ mediaType: layerType, digest: layer.digest, size: layer.text.length }],
      ...extra,
    }),
  );
}

export const image = imageManifest();
export const otherImage = imageManifest({ annotations: { version: "2" } });

export const index = content(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: ociIndex,
    manifests: [
      {
        mediaType: ociManifest,
        digest: image.digest,
        size: image.text.length,
        platform: { architecture: "amd64", os: "linux" },
      },
    ],
  }),
);

/** A manifest that refers to `image`. */
export function referrer(artifactType: string, annotations?: object): Content {
  const subject = { mediaType: ociManifest, digest: image.digest, size: image.text.length };
  return imageManifest({ artifactType, subject, ...(annotations ? { annotations } : {}) });
}

export async function pushBlob(
  emulator: Emulator,
  repository: string,
  blob: Content,
): Promise<void> {
  const path = `/v2/${repository}/blobs/uploads/?digest=${encodeURIComponent(blob.digest)}`;
  const { status } = await asAdmin(emulator, path, { method: "POST", body: blob.text });
  if (status !== 201) throw new Error(`Pushing a blob was answered with ${String(status)}.`);
}

/** Pushes `image`, or another manifest, with its blobs. */
export async function pushImage(
  emulator: Emulator,
  repository: string,
  reference: string,
  manifest: Content = image,
): Promise<void> {
  await pushBlob(emulator, repository, config);
  await pushBlob(emulator, repository, layer);
  const { status, body } = await asAdmin(emulator, `/v2/${repository}/manifests/${reference}`, {
    method: "PUT",
    headers: { "content-type": ociManifest },
    body: manifest.text,
  });
  if (status !== 201) throw new Error(`Pushing a manifest was answered with ${body.toString()}`);
}
