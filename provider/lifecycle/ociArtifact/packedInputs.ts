import type { PackedArtifact } from "../../artifact/assembleArtifact.js";
import type { KnownLayer } from "../../artifact/packBytes.js";
import { parseManifest } from "../../oci/manifest.js";
import { isUnknown } from "../../arguments/unknown.js";

/** The config, as an input shows it; an index in an image layout has none. */
export function configOf({ manifest }: PackedArtifact): unknown {
  const { config } = parseManifest(manifest.bytes, manifest.descriptor.mediaType);
  return config && { mediaType: config.mediaType, digest: config.digest, size: config.size };
}

/** Layers as inputs showed them earlier; of an earlier preview some may have been unknown. */
export function earlierLayers(layerDescriptors: unknown): readonly KnownLayer[] {
  const layers: readonly unknown[] = Array.isArray(layerDescriptors) ? layerDescriptors : [];
  return layers.filter((layer) => !isUnknown(layer)) as readonly KnownLayer[];
}
