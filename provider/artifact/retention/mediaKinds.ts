import { DOCKER_MANIFEST, OCI_CONFIG, OCI_MANIFEST } from "../../oci/mediaTypes.js";
import type { ManifestProperties } from "../../registry/attributes.js";

type Typed = Pick<ManifestProperties, "mediaType" | "configMediaType">;

/** Types of manifests that have layers and therefore no children. */
const WITHOUT_CHILDREN: readonly string[] = [
  OCI_MANIFEST,
  DOCKER_MANIFEST,
  "application/vnd.docker.distribution.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
  "application/vnd.oci.artifact.manifest.v1+json",
  "application/vnd.cncf.oras.artifact.manifest.v1+json",
];

/** Whether it is an index, or of an unknown type that could be one. */
export function mayHaveChildren({ mediaType }: Typed): boolean {
  return !WITHOUT_CHILDREN.includes(mediaType);
}

/** Docker's manifests have no `subject` (image-spec, manifest.md), so they need not be read for one. */
export function mayHaveSubject({ mediaType }: Typed): boolean {
  return !mediaType.startsWith("application/vnd.docker.");
}

/** The media types of a runnable image's config. Signatures and SBOMs have others. */
const IMAGE_CONFIGS: readonly (string | undefined)[] = [
  OCI_CONFIG,
  "application/vnd.docker.container.image.v1+json",
];

/**
 * Whether it counts as an image even without a tag: an index, a Docker manifest, or an image by its
 * config.
 */
export function isImage(manifest: Typed): boolean {
  return (
    !mayHaveSubject(manifest) ||
    mayHaveChildren(manifest) ||
    IMAGE_CONFIGS.includes(manifest.configMediaType)
  );
}
