import { inSteps, type Pushable, type PushableManifest } from "../../artifact/pushable.js";
import type { Digest } from "../../oci/digest.js";

/** A manifest that is published with another one, as stored in states. */
export interface Included {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  /** The subject, if it is a referrer. */
  readonly subject?: Digest;
}

/** The manifests published with the content, in the order in which they are published. */
export function includedOutputs(root: Pushable): Included[] {
  const all: readonly PushableManifest[] = [root, ...(root.included ?? [])];
  const others = inSteps(all)
    .flat()
    .filter((one) => one !== root);
  return others.map(({ manifest, artifactType, subject }) => {
    const { mediaType, digest, size } = manifest.descriptor;
    return {
      mediaType,
      digest,
      size,
      ...(artifactType === undefined ? {} : { artifactType }),
      ...(subject === undefined ? {} : { subject }),
    };
  });
}
