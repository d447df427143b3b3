import type { Blob } from "../oci/blob.js";
import type { Annotations, Descriptor } from "../oci/descriptor.js";
import { encodeManifest, type EncodedManifest } from "../oci/manifest.js";
import { OCI_MANIFEST } from "../oci/mediaTypes.js";
import { emptyBlob } from "./packConfig.js";
import type { PushableManifest } from "./pushable.js";
import type { LayerDescriptor, PackedLayer } from "./packLayer.js";

export interface PackedArtifact {
  readonly manifest: EncodedManifest;
  /** All that the manifest names: the config first, then the layers. May name one digest twice. */
  readonly blobs: readonly Blob[];
  /** One for each declared layer, in their order. */
  readonly layerDescriptors: readonly LayerDescriptor[];
  /** Manifests that are published with it: children of an index, and referrers. */
  readonly included?: readonly PushableManifest[];
}

/** What a manifest names and says, packed and checked. */
export interface ArtifactParts {
  readonly artifactType?: string | undefined;
  readonly config: Blob;
  /** Without any, the manifest gets the one empty layer that the specification recommends. */
  readonly layers: readonly PackedLayer[];
  readonly subject?: Descriptor | undefined;
  readonly annotations?: Annotations | undefined;
}

/** Puts the manifest round what was packed. Pure. */
export function assembleArtifact(parts: ArtifactParts): PackedArtifact {
  const { artifactType, config, layers, subject, annotations } = parts;
  const layerBlobs = layers.length > 0 ? layers.map(({ blob }) => blob) : [emptyBlob()];
  const manifest = encodeManifest({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(artifactType === undefined ? {} : { artifactType }),
    config: config.descriptor,
    layers: layerBlobs.map((blob) => blob.descriptor),
    ...(subject === undefined ? {} : { subject }),
    ...(annotations === undefined ? {} : { annotations }),
  });
  return {
    manifest,
    blobs: [config, ...layerBlobs],
    layerDescriptors: layers.map(({ layerDescriptor }) => layerDescriptor),
  };
}
