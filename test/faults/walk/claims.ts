import type { Bag, Declaration, ResourceState } from "../../support/miniEngine.js";

/** What a state of the stack knows of one tag. */
export interface TagClaim {
  readonly name: string;
  /** What the tag named when the state was written or refreshed. */
  readonly seen: readonly unknown[];
}

interface Published {
  readonly digest: string;
  readonly tag?: string;
  readonly tagDigests?: Readonly<Record<string, string>>;
  readonly tagDigest?: string;
  readonly __declared: {
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
    return new Map([[tag, [digest, declared.digest]]]);
  }
  return new Map((declared.tags ?? []).map((name) => [name, [tagDigests[name], digest]]));
}

/** The manifest that the state stands for; of tags and attributes, none. */
export function manifestOf(state: ResourceState): string | undefined {
  return publishes(state.kind) ? outputsOf(state).digest : undefined;
}

export function publishes(kind: string): boolean {
  return kind === "OciArtifact" || kind === "OciIndex";
}

/** Tags and manifests whose attributes the state has closed, or may have. */
export function lockedBy(state: ResourceState): readonly string[] {
  const { digest, tag, tagDigest, __previous, __declared: declared } = outputsOf(state);
  const known = [digest, tag, tagDigest].filter((name) => name !== undefined);
  if (__previous !== undefined) return [...known, ...Object.keys(__previous).map(nameIn)];
  return declared.lock === undefined ? [] : [...known, ...tagsOf(state).keys()];
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

export function policyOf({ inputs }: Declaration): string {
  const { onTagConflict, onConflict = onTagConflict } = inputsOf(inputs);
  return onConflict ?? "fail";
}

interface Declared {
  readonly tag?: string;
  readonly tags?: readonly string[];
  readonly lock?: boolean;
  readonly onTagConflict?: string;
  readonly onConflict?: string;
}

/** The inputs that refer to nothing do not need any outputs. */
function inputsOf(inputs: Declaration["inputs"]): Declared {
  return (typeof inputs === "function" ? inputs(() => ({})) : inputs) as Declared;
}
