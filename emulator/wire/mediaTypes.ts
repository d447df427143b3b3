const ociManifest = "application/vnd.oci.image.manifest.v1+json";
export const ociIndex = "application/vnd.oci.image.index.v1+json";
const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
const dockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

const imageConfigs = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

const withSchemaVersion = new Set([ociManifest, ociIndex, dockerManifest, dockerManifestList]);

/**
 * Two artifact types from before OCI 1.1, which Azure/acr-cli still accepts; neither has a schema
 * version.
 */
const forerunners = new Set([
  "application/vnd.oci.artifact.manifest.v1+json",
  "application/vnd.cncf.oras.artifact.manifest.v1+json",
]);

export function isManifestType(mediaType: string): boolean {
  return withSchemaVersion.has(mediaType) || forerunners.has(mediaType);
}

export function hasSchemaVersion(mediaType: string): boolean {
  return withSchemaVersion.has(mediaType);
}

export function isIndexType(mediaType: string): boolean {
  return mediaType === ociIndex || mediaType === dockerManifestList;
}

export function isImageConfigType(mediaType: string): boolean {
  return imageConfigs.has(mediaType);
}

/** The type without parameters, in lower case, for comparison. */
export function bareMediaType(headerValue: string): string {
  return (headerValue.split(";")[0] ?? "").trim().toLowerCase();
}

/** Whether an `Accept` header covers a type (RFC 9110, section 12.5.1; quality values are not weighed). */
export function accepts(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined) return true;
  const group = `${mediaType.slice(0, mediaType.indexOf("/"))}/*`;
  return accept
    .split(",")
    .map(bareMediaType)
    .some((range) => range === mediaType || range === "*/*" || range === group);
}
