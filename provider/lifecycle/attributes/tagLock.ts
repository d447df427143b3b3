import { ConflictError } from "../../errors.js";
import { type Digest, isDigest } from "../../oci/digest.js";
import { parseReference, type Tag } from "../../oci/reference.js";
import type { Drift } from "../../artifact/drift.js";
import type { TagProperties } from "../../registry/attributes.js";
import type { PropertyBag } from "../lifecycle.js";
import {
  digest,
  flag,
  HIDDEN,
  object,
  registry,
  repositoryName,
  tag,
  validate,
} from "../schema.js";
import type { AttributeKind, AttributeState, Found } from "./kind.js";
import { attributeFlags } from "./manifestProperties.js";

const schema = object({
  ...HIDDEN,
  repository: repositoryName,
  tag,
  digest: digest.optional(),
  lockManifest: flag.optional(),
  ...attributeFlags,
  registry: registry.optional(),
});

/** `TagLock`: the attributes of one tag and, unless told otherwise, of the manifest that it names. */
export const tagLock: AttributeKind = {
  name: "TagLock",
  identity: ["repository", "tag"],
  compared: ["digest", "lockManifest"],
  validate: (news) => validate(schema, news),
  complete: (news) => ({
    deleteEnabled: false,
    writeEnabled: false,
    lockManifest: true,
    ...news,
  }),
  id: (base, inputs) => `${base}:${String(inputs["tag"])}`,
  fromId: (id) => {
    const parsed = parseReference(id);
    if (parsed === undefined || isDigest(parsed.reference)) return undefined;
    const { loginServer, repository, reference } = parsed;
    return { loginServer, repository, tag: reference };
  },
  find: async (repository, base, inputs, state, operation) => {
    const name = inputs["tag"] as Tag;
    const live = await repository.attributes.tag(name, operation);
    if (live === undefined) return undefined;
    return foundAs(live, base, inputs, state);
  },
  require: ({ tagDigest }, base, inputs) =>
    requireDigest(
      tagDigest,
      `${base}:${String(inputs["tag"])}`,
      inputs["digest"] as string | undefined,
    ),
  // So that the engine's difference shows a tag that was moved: by the digest that it must name, or
  // else by the manifest, which is another one now and not locked by us.
  liveInputs: (state, { drift, tagDigest }) => {
    if (drift.length === 0) return {};
    return "digest" in state ? { digest: tagDigest } : { lockManifest: false };
  },
};

function requireDigest(
  live: string | undefined,
  reference: string,
  wanted: string | undefined,
): void {
  if (wanted === undefined || live === wanted) return;
  throw new ConflictError(
    reference,
    `${reference} names ${live}, but this TagLock is for ${wanted}. Nothing was locked. Move the tag ` +
      `first (OciArtifact does), or give the digest that it is to be locked on`,
  );
}

function foundAs(
  live: TagProperties,
  base: string,
  inputs: PropertyBag,
  state: AttributeState | undefined,
): Found {
  const { name, digest: named, attributes } = live;
  const tagSubject = { subject: name as Tag, reference: `${base}:${name}`, attributes };
  const manifest = { subject: named as Digest, reference: `${base}@${named}` };
  const subjects = inputs["lockManifest"] === true ? [tagSubject, manifest] : [tagSubject];
  const concerned = "digest" in inputs || inputs["lockManifest"] === true;
  const drift = concerned ? movedSince(live, tagSubject.reference, state) : [];
  return { subjects, tagDigest: named, drift };
}

function movedSince(
  live: TagProperties,
  subject: string,
  state: AttributeState | undefined,
): readonly Drift[] {
  const expected = state?.tagDigest;
  if (expected === undefined || expected === live.digest) return [];
  const { digest: actual, lastUpdateTime: since } = live;
  return [{ kind: "tag-moved", subject, expected, actual, since }];
}
