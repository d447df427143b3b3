import type { DriftKind } from "../../artifact/foundDrift.js";
import { namesOf, type NamedAttributes } from "../../artifact/lock.js";
import { type Digest, isDigest } from "../../oci/digest.js";
import { type ManifestReference, parseReference, type Tag } from "../../oci/reference.js";
import { sameJson } from "../plain.js";
import type { ArtifactInputs } from "./inputs.js";
import { type ArtifactState, baseOf, declaredOf, tagsOf } from "./state.js";

/** The differences between state and inputs of an artifact whose content stays the same. */
export interface ArtifactChanges {
  /** Declared tags that do not name our digest, as far as the state knows. */
  readonly addedTags: readonly Tag[];
  /** Tags that are ours, or may be, and are no longer declared. */
  readonly droppedTags: readonly Tag[];
  /** The tags and manifest that the declared lock still has to be set on. */
  readonly lockSubjects: readonly ManifestReference[];
  /** Attributes that we set to `false` and that are no longer declared, to be set to `true`. */
  readonly unlock: NamedAttributes;
  /** Manifests that a refresh found missing: the artifact's own, and those published with it. */
  readonly missingManifests: readonly string[];
  /** Blobs that a refresh found missing. */
  readonly missingBlobs: readonly string[];
  /** Whether a refresh, or a failed run, found that the subject does not list the manifest. */
  readonly unlisted: boolean;
  /** Referrers published with it for which a refresh found the same. */
  readonly unlistedReferrers: readonly Digest[];
}

/**
 * Pure. `wasOpened` tells what this run has opened for another resource, although this one locks it, too.
 */
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

/**
 * Tags that a failed run may or may not have put. After a refresh, drift tells which of them are missing.
 */
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
  // There is no drift, and yet the lock is missing: an earlier run ended before it was set.
  if (drifted.length === 0 && !sameJson(state.lock ?? {}, inputs.lock)) return subjects;
  return subjects.filter((subject) => drifted.includes(subject) || isUnlocked(subject));
}

/** The drift of this subject's attributes, as found by the last refresh. */
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
