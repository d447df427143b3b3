import { InputError } from "../errors.js";
import { asWritten } from "./printable.js";

/** image-spec, media-types.md. */
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
export const OCI_LAYER_TAR = "application/vnd.oci.image.layer.v1.tar";
export const OCI_LAYER_TAR_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
/** image-spec, manifest.md, "Guidance for an Empty Descriptor". */
export const OCI_EMPTY = "application/vnd.oci.empty.v1+json";
/** Docker image manifest version 2, schema 2. */
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

/** Manifests of OCI 1.1's release candidates, and before them of ORAS, with their content in `blobs`. */
export const OCI_ARTIFACT_MANIFEST = "application/vnd.oci.artifact.manifest.v1+json";
export const ORAS_ARTIFACT_MANIFEST = "application/vnd.cncf.oras.artifact.manifest.v1+json";

/** All manifest types that can be read here. ACR answers 404 for a type that is missing in `Accept`. */
export const MANIFEST_TYPES: readonly string[] = [
  OCI_MANIFEST,
  OCI_INDEX,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
];

// The grammar of RFC 6838, section 4.2, which image-spec's descriptor.md requires.
const NAME = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}";
const MEDIA_TYPE = new RegExp(`^${NAME}/${NAME}$`);

export function isMediaType(value: string): boolean {
  return MEDIA_TYPE.test(value);
}

export function checkMediaType(value: string, property: string): string {
  if (isMediaType(value)) return value;
  throw new InputError(
    property,
    `${asWritten(value)} is not a media type: expected "type/subtype", for example "application/json"`,
  );
}
