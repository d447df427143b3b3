import type { Bag, Declaration, ResourceState } from "../../support/miniEngine.js";

/** What the stack's state records about a tag. */
export interface TagClaim {
  readonly name: string;
  /** What the tag named when the state was written or refreshed. */
  readonly seen: readonly unknown[];
}

interface Published {
  readonly included?: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string }[];
  readonly subject?: { readonly digest: string };
  readonly digest: string;
  readonly tag?: string;
  readonly tagDigests?: Readonly<Record<string, string>>;
  readonly tagDigest?: string;
  readonly __declared?: {
    readonly tags?: readonly string[];
    readonly digest?: string;
    readonly lock?: unknown;
  };
  readonly __previous?: Bag;
}

function outputsOf({ outputs }: ResourceState): Published {
  return outputs as unknown as Published;
}

/** Tags that the state owns, and what they named. */
export function tagsOf(state: ResourceState): ReadonlyMap<string, readonly unknown[]> {
  const { digest, tag, tagDigests = {}, __declared: declared } = outputsOf(state);
  if (state.kind === "ArtifactTag" && tag !== undefined) {
    return new Map([[tag, [digest, declared?.digest]]]);
  }
  return new Map((declared?.tags ?? []).map((name) => [name, [tagDigests[name], digest]]));
}

/** The manifests that the state stands for, the one that its id names first; of tags and attributes, none. */
export function manifestsOf(state: ResourceState): readonly string[] {
  if (!publishes(state.kind)) return [];
  const { digest, included = [] } = outputsOf(state);
  return [digest, ...included.map((one) => one.digest)];
}

/** Manifests that the state requires. */
export function neededBy(state: ResourceState): readonly string[] {
  const { digest, manifests = [], subject } = outputsOf(state);
  // A lock only on a tag does not need the manifest that the tag names.
  const tagDigest = state.inputs["lockManifest"] === false ? undefined : outputsOf(state).tagDigest;
  const named = [subject, ...manifests].map((one) => one?.digest);
  return [digest, tagDigest, ...named, ...manifestsOf(state)].filter((one) => one !== undefined);
}

function publishes(kind: string): boolean {
  return ["OciArtifact", "OciIndex", "ArtifactCopy"].includes(kind);
}

/** Whether the resource exists, that is, was not deleted before its replacement. */
export function isLive({ pendingReplacement }: ResourceState): boolean {
  return pendingReplacement !== true;
}

/** Tags and manifests whose attributes the state has closed, or may have. */
export function lockedBy(state: ResourceState): readonly string[] {
  const { digest, tag, tagDigest, __previous, __declared: declared } = outputsOf(state);
  const known = [digest, tag, tagDigest].filter((name) => name !== undefined);
  if (__previous !== undefined) return [...known, ...Object.keys(__previous).map(nameIn)];
  return declared?.lock === undefined ? [] : [...known, ...tagsOf(state).keys()];
}

/** The tag or digest of a full reference. */
function nameIn(reference: string): string {
  const [, digest] = reference.split("@");
  return digest ?? reference.split(":").at(-1) ?? "";
}

/** Tags that a declared resource puts somewhere. */
export function declaredTags({ kind, inputs }: Declaration): readonly string[] {
  const { tag, tags = [] } = inputsOf(inputs);
  if (kind === "ArtifactTag") return tag === undefined ? [] : [tag];
  return tags;
}

/** Tags that a declared resource closes. */
export function declaredLocks(declaration: Declaration): readonly string[] {
  const { tag, lock } = inputsOf(declaration.inputs);
  if (declaration.kind === "TagLock") return tag === undefined ? [] : [tag];
  return lock === true ? declaredTags(declaration) : [];
}

/** Whether it locks what it publishes, even without a tag. */
export function locksContent({ kind, inputs }: Declaration): boolean {
  return publishes(kind) && inputsOf(inputs).lock === true;
}

export function policyOf({ inputs }: Declaration): string {
  const { onTagConflict, onConflict = onTagConflict } = inputsOf(inputs);
  return onConflict ?? "fail";
}

export function repositoryOf({ inputs }: Declaration): string {
  return inputsOf(inputs).repository;
}

interface Declared {
  readonly repository: string;
  readonly tag?: string;
  readonly tags?: readonly string[];
  readonly lock?: boolean;
  readonly onTagConflict?: string;
  readonly onConflict?: string;
}

/** Inputs without references need no outputs. */
function inputsOf(inputs: Declaration["inputs"]): Declared {
  return writtenInputs(inputs) as unknown as Declared;
}

export function writtenInputs(inputs: Declaration["inputs"]): Bag {
  return typeof inputs === "function" ? inputs(() => ({})) : inputs;
}
