import type { DriftKind } from "../../artifact/foundDrift.js";
import { namesOf, type NamedAttributes } from "../../artifact/lock.js";
import { type Digest, isDigest } from "../../oci/digest.js";
import { type ManifestReference, parseReference, type Tag } from "../../oci/reference.js";
import { sameJson } from "../plain.js";
import type { ArtifactInputs } from "./inputs.js";
import { type ArtifactState, baseOf, declaredOf, tagsOf } from "./state.js";

/** What differs between state and inputs of one artifact whose content stays. */
export interface ArtifactChanges {
  /** Declared tags that do not name our digest, as far as the state knows. */
  readonly addedTags: readonly Tag[];
  /** Tags of ours that are no longer declared, or may be ours. */
  readonly droppedTags: readonly Tag[];
  /** What the declared lock is still to be put on. */
  readonly lockSubjects: readonly ManifestReference[];
  /** Attributes that we closed and that are no longer declared, to be allowed again. */
  readonly unlock: NamedAttributes;
  /** Manifests that a refresh found missing: its own, and those that are published with it. */
  readonly missingManifests: readonly string[];
  /** Blobs that a refresh found missing. */
  readonly missingBlobs: readonly string[];
  /** A refresh, or a failed run, found that the subject does not list it. */
  readonly unlisted: boolean;
  /** Referrers that are published with it, of which a refresh found the same. */
  readonly unlistedReferrers: readonly Digest[];
}

/** Pure. `wasOpened` tells what this run has opened for another resource, although this one locks it too. */
export function findChanges(
  state: ArtifactState,
  inputs: ArtifactInputs,
  wasOpened: (subject: ManifestReference) => boolean,
): ArtifactChanges {
  const wanted = tagsOf(inputs);
  const here = tagsOf(state);
  const unlisted = unlistedIn(state);
  const addedTags = wanted.filter((tag) => !here.includes(tag));
  return {
    addedTags,
    droppedTags: [...here, ...unsureTags(state)].filter((tag) => !wanted.includes(tag)),
    lockSubjects: lockSubjects(
      state,
      inputs,
      (subject) => wasOpened(subject) || addedTags.some((tag) => tag === subject),
    ),
    unlock: noLongerNamed(declaredOf(state).lock ?? {}, inputs.lock ?? {}),
    missingManifests: driftedTo(state, "manifest-missing"),
    missingBlobs: driftedTo(state, "blob-missing"),
    unlisted: unlisted.includes(state.digest),
    unlistedReferrers: unlisted.filter((digest) => digest !== state.digest),
  };
}

/** Tags that a failed run may have put or left, as nobody has looked since: a refresh names those that are not there. */
function unsureTags(state: ArtifactState): readonly Tag[] {
  const base = baseOf(state);
  const known = new Set([
    ...tagsOf(state).map((tag) => `${base}:${tag}`),
    ...state.drift.map(({ subject }) => subject),
  ]);
  return declaredOf(state).tags.filter((tag) => !known.has(`${base}:${tag}`));
}

function unlistedIn({ drift }: ArtifactState): readonly Digest[] {
  const found = drift.filter(({ kind }) => kind === "referrer-unlisted");
  return found.map(({ subject }) => parseReference(subject)?.reference).filter(isDigest);
}

function driftedTo({ drift }: ArtifactState, kind: DriftKind): readonly string[] {
  return drift.filter((one) => one.kind === kind).map(({ expected }) => expected);
}

export function isEmpty(changes: ArtifactChanges): boolean {
  const { unlock, unlisted, ...lists } = changes;
  if (unlisted || namesOf(unlock).length > 0) return false;
  return Object.values(lists).every((list) => list.length === 0);
}

function lockSubjects(
  state: ArtifactState,
  inputs: ArtifactInputs,
  isUnlocked: (subject: ManifestReference) => boolean,
): readonly ManifestReference[] {
  if (inputs.lock === undefined) return [];
  const subjects = [...tagsOf(inputs), inputs.digest];
  if (!sameJson(declaredOf(state).lock ?? {}, inputs.lock)) return subjects;
  const drifted = subjects.filter((subject) => attributeDrift(state, subject) !== undefined);
  // No drift, and yet the lock is not there: an earlier run ended before it was put on.
  if (drifted.length === 0 && !sameJson(state.lock ?? {}, inputs.lock)) return subjects;
  return subjects.filter((subject) => drifted.includes(subject) || isUnlocked(subject));
}

/** What the last refresh said of this subject's attributes, if they differed. */
export function attributeDrift(
  state: ArtifactState,
  subject: ManifestReference,
): string | undefined {
  const base = baseOf(state);
  const named = [`${base}:${subject}`, `${base}@${subject}`];
  return state.drift.find(
    (drift) => drift.kind === "attributes-changed" && named.includes(drift.subject),
  )?.actual;
}

function noLongerNamed(old: NamedAttributes, now: NamedAttributes): NamedAttributes {
  const gone = namesOf(old).filter((name) => old[name] === false && now[name] === undefined);
  return Object.fromEntries(gone.map((name) => [name, true]));
}
