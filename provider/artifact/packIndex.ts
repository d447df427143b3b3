import type { Annotations, Descriptor } from "../oci/descriptor.js";
import { encodeManifest, type EncodedManifest } from "../oci/manifest.js";
import { OCI_INDEX } from "../oci/mediaTypes.js";
import { checkAnnotations } from "./packAnnotations.js";

/** An index as declared (image-spec, image-index.md). */
export interface IndexInput {
  readonly artifactType?: string | undefined;
  /** What it names, in the order in which clients look for theirs. */
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor | undefined;
  readonly annotations?: Annotations | undefined;
}

/** Turns what was declared into the exact bytes to publish. Pure. */
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
