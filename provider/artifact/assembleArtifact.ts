import type { Blob } from "../oci/blob.js";
import type { Annotations, Descriptor } from "../oci/descriptor.js";
import { encodeManifest, type EncodedManifest } from "../oci/manifest.js";
import { OCI_MANIFEST } from "../oci/mediaTypes.js";
import { emptyBlob } from "./packConfig.js";
import type { PushableManifest } from "./pushable.js";
import type { LayerDescriptor, PackedLayer } from "./packLayer.js";

export interface PackedArtifact {
  readonly manifest: EncodedManifest;
  /** All blobs of the manifest: the config first, then the layers. The same digest may occur twice. */
  readonly blobs: readonly Blob[];
  /** One for each declared layer, in the same order. */
  readonly layerDescriptors: readonly LayerDescriptor[];
  /** Manifests that are published with it: children of an index, and referrers. */
  readonly included?: readonly PushableManifest[];
}

/** The packed parts of a manifest. */
export interface ArtifactParts {
  readonly artifactType?: string | undefined;
  readonly config: Blob;
  /** If there are none, the manifest gets one empty layer, as the specification recommends. */
  readonly layers: readonly PackedLayer[];
  readonly subject?: Descriptor | undefined;
  readonly annotations?: Annotations | undefined;
}

/** Builds the manifest of packed parts. Pure. */
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
