import { TITLE } from "../artifact/packTitle.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { ParsedManifest } from "../oci/manifest.js";
import { OCI_EMPTY } from "../oci/mediaTypes.js";
import type { ContentResult, LayerResult, ManifestDescriptorResult } from "./results.js";
import type { Place } from "./target.js";

/**
 * The artifact type, which is the media type of the config if `artifactType` is absent (image-spec,
 * manifest.md).
 */
export function artifactTypeOf({ artifactType, config }: ParsedManifest): string | undefined {
  if (artifactType !== undefined) return artifactType;
  return config?.mediaType === OCI_EMPTY ? undefined : config?.mediaType;
}

export function contentOf({
  mediaType,
  digest,
  size,
  annotations = {},
}: Descriptor): ContentResult {
  return { mediaType, digest, size, annotations };
}

export function layerOf(layer: Descriptor): LayerResult {
  const title = layer.annotations?.[TITLE];
  return { ...contentOf(layer), ...(title === undefined ? {} : { title }) };
}

export function manifestOf(descriptor: Descriptor, place: Place): ManifestDescriptorResult {
  const { artifactType, platform, digest } = descriptor;
  return {
    ...contentOf(descriptor),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(platform === undefined ? {} : { platform }),
    reference: place.nameOf(digest),
  };
}
