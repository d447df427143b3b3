import { type Digest, isDigest } from "../../oci/digest.js";

/**
 * Tags that express a relation to another manifest instead of a version: `sha256-<hex>`, the referrers
 * tag schema (distribution-spec, "Referrers Tag Schema"), which Notation uses in ACR's own tutorials; and
 * `sha256-<hex>.sig`, `.att`, `.sbom` of cosign (sigstore/cosign, specs/SIGNATURE_SPEC.md).
 */
const DIGEST_TAG = /^(sha256|sha512)-([a-f0-9]{64,128})(?:\.[a-z]+)?$/;

/** The manifest that such a tag refers to; `undefined` for any other tag. */
function subjectOfDigestTag(tag: string): Digest | undefined {
  const [, algorithm = "", hex = ""] = DIGEST_TAG.exec(tag) ?? [];
  const digest = `${algorithm}:${hex}`;
  return isDigest(digest) ? digest : undefined;
}

export interface SplitTags {
  /** Tags chosen by people. */
  readonly ordinary: readonly string[];
  /** The manifests that the other tags, made of digests, refer to. */
  readonly subjects: readonly Digest[];
}

export function splitTags(tags: readonly string[]): SplitTags {
  const found = tags.map((tag) => ({ tag, subject: subjectOfDigestTag(tag) }));
  return {
    ordinary: found.filter(({ subject }) => subject === undefined).map(({ tag }) => tag),
    subjects: found.flatMap(({ subject }) => (subject === undefined ? [] : [subject])),
  };
}
