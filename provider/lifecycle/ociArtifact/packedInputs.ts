import type { PackedArtifact } from "../../artifact/assembleArtifact.js";
import type { KnownLayer } from "../../artifact/packBytes.js";
import { isUnknown } from "../unknown.js";

/** The config, which is the first of the blobs, as an input shows it. */
export function configOf({ blobs: [config] }: PackedArtifact): unknown {
  if (config === undefined) throw new Error("a packed artifact has a config");
  const { mediaType, digest, size } = config.descriptor;
  return { mediaType, digest, size };
}

/** Layers as inputs showed them earlier; of an earlier preview some may have been unknown. */
export function earlierLayers(layerDescriptors: unknown): readonly KnownLayer[] {
  const layers: readonly unknown[] = Array.isArray(layerDescriptors) ? layerDescriptors : [];
  return layers.filter((layer) => !isUnknown(layer)) as readonly KnownLayer[];
}
