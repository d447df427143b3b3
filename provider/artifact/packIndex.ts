import type { Annotations, Descriptor } from "../oci/descriptor.js";
import { encodeManifest, type EncodedManifest } from "../oci/manifest.js";
import { OCI_INDEX } from "../oci/mediaTypes.js";
import { checkAnnotations } from "./packAnnotations.js";

/** The declaration of an index (image-spec, image-index.md). */
export interface IndexInput {
  readonly artifactType?: string | undefined;
  /** Its manifests, in the order in which clients search them. */
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor | undefined;
  readonly annotations?: Annotations | undefined;
}

/** Encodes an index into the exact bytes to publish. Pure. */
export function packIndex(input: IndexInput): EncodedManifest {
  const { artifactType, manifests, subject, annotations } = input;
  manifests.forEach((child, index) => {
    checkAnnotations(child.annotations, `manifests[${index}].annotations`);
  });
  checkAnnotations(annotations, "annotations");
  return encodeManifest({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    ...(artifactType === undefined ? {} : { artifactType }),
    manifests,
    ...(subject === undefined ? {} : { subject }),
    ...(annotations === undefined ? {} : { annotations }),
  });
}
