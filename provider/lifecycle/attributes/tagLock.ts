import { ConflictError } from "../../errors.js";
import { type Digest, isDigest } from "../../oci/digest.js";
import { parseReference, type Tag } from "../../oci/reference.js";
import { ABSENT } from "../../artifact/drift.js";
import type { Drift } from "../../artifact/foundDrift.js";
import type { TagProperties } from "../../registry/attributes.js";
import type { Repository } from "../../registry/repository.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import {
  digest,
  flag,
  HIDDEN,
  object,
  registry,
  repositoryName,
  tag,
  validate,
} from "../../arguments/schema.js";
import type { AttributeKind, AttributeState, Found } from "./kind.js";
import { nothingToManage } from "./managedAttributes.js";
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

/** `TagLock`: the attributes of one tag and, by default, of the manifest that it names. */
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
  idForm: "<login server>/<repository>:<tag>",
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
    if (live === undefined) return state && withoutTag(repository, base, state, operation);
    return foundAs(live, base, inputs, state);
  },
  require: ({ tagDigest }, base, inputs) => {
    const reference = `${base}:${String(inputs["tag"])}`;
    if (tagDigest === undefined) throw nothingToManage(reference);
    requireDigest(tagDigest, reference, inputs["digest"] as string | undefined);
  },
  // Makes the engine's diff show that the tag was moved: by the required digest, or else by the manifest,
  // which is a different one and not locked by us. A deleted tag shows as such.
  liveInputs: (state, { drift, tagDigest }) => {
    if (drift.length === 0) return {};
    if (tagDigest === undefined) return { tag: undefined };
    return "digest" in state ? { digest: tagDigest } : { lockManifest: false };
  },
};

/**
 * Handles a missing tag: nothing can be locked, but the manifest that the tag named is still locked by
 * us, and must be restored before it is forgotten.
 */
async function withoutTag(
  repository: Repository,
  base: string,
  state: AttributeState,
  operation: Operation,
): Promise<Found | undefined> {
  const { tag: name, tagDigest } = state as AttributeState & { readonly tag: string };
  const reference = `${base}@${tagDigest}`;
  if (tagDigest === undefined || !(reference in state.__previous)) return undefined;
  const subject = tagDigest as Digest;
  const live = await repository.attributes.manifest(subject, operation);
  if (live === undefined) return undefined;
  const { attributes } = live;
  const tag = `${base}:${name}`;
  return {
    subjects: [{ subject, reference, attributes }],
    drift: [{ kind: "tag-deleted", subject: tag, expected: tagDigest, actual: ABSENT }],
  };
}

function requireDigest(live: string, reference: string, wanted: string | undefined): void {
  if (wanted === undefined || live === wanted) return;
  throw new ConflictError(
    reference,
    `${reference} names ${live}, but this TagLock is for ${wanted}. Nothing was locked. Move the tag ` +
      `first (OciArtifact does), or give the digest to lock it on`,
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
