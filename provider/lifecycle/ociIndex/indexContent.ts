import type { ContentOutline } from "../../artifact/contentChange.js";
import { isIndex } from "../../artifact/manifestUsers.js";
import { NOTHING_WANTED } from "../../artifact/missingParts.js";
import { type IndexInput, packIndex } from "../../artifact/packIndex.js";
import type { Pushable } from "../../artifact/pushable.js";
import { requireManifests } from "../../artifact/requireManifests.js";
import type { Descriptor } from "../../oci/descriptor.js";
import type { EncodedManifest } from "../../oci/manifest.js";
import { OCI_INDEX } from "../../oci/mediaTypes.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { ContentKind } from "../published/contentKind.js";
import type { ArtifactInputs } from "../published/inputs.js";
import { baseOf } from "../published/state.js";
import { containsUnknown, UNKNOWN } from "../../arguments/unknown.js";
import { validateInputs } from "./inputs.js";

/** Content of `OciIndex`: manifests by digest, which are there already when it is published. */
export const indexContent: ContentKind = {
  name: "OciIndex",
  compared: ["manifests"],
  derived: ["digest", "size", "mediaType"],
  found: [],
  validate: validateInputs,
  derive: (_host, _olds, given) => Promise.resolve().then(() => derive(given)),
  writtenProperty: (property) => property,
  outline,
  pack: packIndexInputs,
  packAgain: packIndexInputs,
  findings: () => ({}),
  requireReferenced: (repository, inputs, operation) =>
    requireManifests(repository, inputs.manifests ?? [], baseOf(inputs), operation),
  wantedParts: () => NOTHING_WANTED,
  withoutMissing: (inputs) => inputs,
  describe: ({ mediaType, manifests }) => (isIndex(mediaType) ? { manifests } : undefined),
};

function outline({
  manifests = [],
  artifactType,
  subject,
  annotations,
}: ArtifactInputs): ContentOutline {
  const parts = manifests.map(({ digest, size, ...details }, index) => ({
    name: platformOf(details) ?? `manifests[${index}]`,
    digest,
    size,
    details,
  }));
  const details = { artifactType, subject, annotations };
  return { noun: "manifest", parts, areBlobs: false, details };
}

/** As clients write it: `linux/arm64/v8`. */
function platformOf({ platform }: Pick<Descriptor, "platform">): string | undefined {
  if (platform === undefined) return undefined;
  const { os, architecture, variant } = platform;
  return [os, architecture, variant].filter((part) => part !== undefined).join("/");
}

/** Of an index everything follows from what is written, so it is known as soon as that is. */
function derive(given: PropertyBag): PropertyBag {
  const known = knownContent(given);
  const { digest, size } = pack(known).descriptor;
  const isKnown = known === given;
  return {
    mediaType: OCI_INDEX,
    digest: isKnown ? digest : UNKNOWN,
    size: isKnown ? size : UNKNOWN,
  };
}

const CONTENT = ["artifactType", "manifests", "annotations", "subject"] as const;

/** The inputs themselves, or what of them is known, so that its mistakes are said at preview. */
function knownContent(given: PropertyBag): PropertyBag {
  if (!CONTENT.some((name) => containsUnknown(given[name]))) return given;
  const { manifests, annotations } = given;
  return {
    manifests: Array.isArray(manifests) ? manifests.map(knownChild) : [],
    annotations: containsUnknown(annotations) ? undefined : annotations,
  };
}

/** In the place of an unknown one stands one that is never published. */
function knownChild(child: PropertyBag): PropertyBag {
  return containsUnknown(child) ? { mediaType: "", digest: "", size: 0 } : child;
}

function packIndexInputs(_host: Host, inputs: PropertyBag): Promise<Pushable> {
  return Promise.resolve({ manifest: pack(inputs), blobs: [] });
}

function pack({ artifactType, manifests, subject, annotations }: PropertyBag): EncodedManifest {
  return packIndex({ artifactType, manifests, subject, annotations } as unknown as IndexInput);
}
