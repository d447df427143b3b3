import { createWriteStream, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { packArtifact, type ArtifactInput } from "../../provider/artifact/packArtifact.js";

/** What is published: one file, as it is. */
export const ARTIFACT = (file: string): ArtifactInput => ({
  artifactType: "application/vnd.example.benchmark",
  layers: [{ file, title: "blob", mediaType: "application/octet-stream" }],
});

/**
 * The artifact as an OCI image layout (image-spec, image-layout.md), which is what crane and skopeo
 * copy from. The file is linked, not copied.
 */
export async function writeOciLayout(folder: string, file: string, tag: string): Promise<void> {
  const { manifest, blobs } = await packArtifact(ARTIFACT(file));
  const place = (digest: string): string => join(folder, "blobs", ...digest.split(":"));
  mkdirSync(join(folder, "blobs", "sha256"), { recursive: true });
  for (const [index, blob] of blobs.entries()) {
    const target = place(blob.descriptor.digest);
    if (index === 1) linkSync(file, target);
    else await pipeline(await blob.open(), createWriteStream(target));
  }
  writeFileSync(place(manifest.descriptor.digest), manifest.bytes);
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  const annotations = { "org.opencontainers.image.ref.name": tag };
  const manifests = [{ ...manifest.descriptor, annotations }];
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
}
