import { readCopy } from "../../artifact/copy.js";
import type { Pushable } from "../../artifact/pushable.js";
import { RegistryError } from "../../errors.js";
import type { Descriptor } from "../../oci/descriptor.js";
import { parseManifest } from "../../oci/manifest.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { ContentKind } from "../published/contentKind.js";
import { includedOutputs } from "../published/included.js";
import type { ArtifactInputs } from "../published/inputs.js";
import { partsToVerify } from "../published/partsToVerify.js";
import { containsUnknown, isUnknown, UNKNOWN } from "../../arguments/unknown.js";
import { asCopy, validateInputs } from "./inputs.js";
import { openSource, settleSource, sourceNotFound, sourceReference } from "./source.js";

/** Content of `ArtifactCopy`: what another repository holds, byte for byte. */
export const copiedContent: ContentKind = {
  name: "ArtifactCopy",
  compared: ["source", "referrers", "verify"],
  derived: ["digest"],
  found: ["size", "mediaType", "artifactType", "subject", "included"],
  validate: validateInputs,
  derive,
  writtenProperty: (property) => property,
  pack: (host, inputs, operation) => {
    const { digest, referrers = true } = asCopy(inputs);
    return readCopy({ ...openSource(host, inputs), digest, referrers }, operation);
  },
  packAgain: async (_host, inputs, repository, operation) => {
    const { digest, reference } = asCopy(inputs);
    const manifest = await repository.manifests.fetch(digest, operation);
    if (manifest === undefined) throw goneMeanwhile(reference);
    return { manifest, blobs: [] };
  },
  findings: (content) => ({
    size: content.manifest.descriptor.size,
    mediaType: content.manifest.descriptor.mediaType,
    artifactType: content.artifactType,
    subject: subjectOf(content),
    included: includedOutputs(content),
  }),
  undecided: (inputs) => sourceNotFound(asCopy(inputs)),
  requireReferenced: () => Promise.resolve(),
  wantedParts: (state) => partsToVerify(state),
  // The inputs contain nothing of the content, so missing content is shown as if nothing had been copied.
  withoutMissing: (inputs, { missing, referrer }) => {
    const parts = [missing.manifests, missing.blobs, missing.unlisted];
    const isWhole = referrer !== "unlisted" && parts.every((list) => list.length === 0);
    return isWhole ? inputs : ({ ...inputs, source: undefined } as ArtifactInputs);
  },
  describe: ({ manifests }) => ({
    included: manifests.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  }),
};

/** The subject of the manifest, which is not copied with it. */
function subjectOf({ manifest }: Pushable): Descriptor | undefined {
  const { subject } = parseManifest(manifest.bytes, manifest.descriptor.mediaType);
  return subject && { mediaType: subject.mediaType, digest: subject.digest, size: subject.size };
}

/**
 * A digest needs no request. A tag is resolved by one request, here and so at preview, and what it names
 * is copied. A missing tag may be published by the same `up`. The digest is then left out, because an
 * unknown may only be returned at preview, and `check` cannot tell whether it is one.
 */
async function derive(
  host: Host,
  _olds: PropertyBag,
  given: PropertyBag,
  operation: Operation,
): Promise<PropertyBag> {
  const settled = settleSource(host, given);
  const source = settled["source"] as PropertyBag;
  if (isUnknown(source)) return { ...settled, digest: UNKNOWN };
  if (source["digest"] !== undefined) return { ...settled, digest: source["digest"] };
  const inputs = { ...given, ...settled };
  if (containsUnknown(source) || containsUnknown(source["registry"] ?? given["registry"])) {
    return { ...settled, digest: UNKNOWN };
  }
  const { repository, base } = openSource(host, inputs);
  const tag = String(source["tag"]);
  const found = await repository.manifests.resolve(tag, operation);
  const reference = sourceReference(asCopy(inputs));
  if (found === undefined) {
    operation.log.info(
      `${reference} does not exist yet: what is copied is known once it is published`,
    );
    return settled;
  }
  const said = movingTag(reference, found.digest, host.ownership.declaredTag(base, tag));
  if (said !== undefined) operation.log.info(said);
  return { ...settled, digest: found.digest };
}

/** A preview cannot show the copy of content that the same `up` will put under the tag first. */
function movingTag(
  reference: string,
  digest: string,
  declared: ReturnType<Host["ownership"]["declaredTag"]>,
): string | undefined {
  if (declared === undefined || declared.digest === digest) return undefined;
  return (
    `${reference} still names ${digest}, but ${declared.urn} is to move it to ${declared.digest}. Add dependsOn on that ` +
    `resource to copy what the tag names then, or give its \`digest\` as the source to see the copy at preview`
  );
}

function goneMeanwhile(reference: string): RegistryError {
  return new RegistryError(
    "NOT_FOUND",
    `${reference} no longer exists: nothing was changed. Run \`pulumi up --refresh\` to copy it again`,
    { method: "GET", url: reference },
  );
}
