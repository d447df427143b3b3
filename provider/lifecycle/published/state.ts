import { ABSENT } from "../../artifact/drift.js";
import type { Drift } from "../../artifact/foundDrift.js";
import type { NamedAttributes } from "../../artifact/lock.js";
import { parseLoginServer } from "../../oci/loginServer.js";
import type { Digest } from "../../oci/digest.js";
import { formatReference, isTag, type Tag } from "../../oci/reference.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Claim, OwnLock } from "../ownership.js";
import type { ArtifactInputs } from "./inputs.js";

/** What the program declares. The live values after a refresh are in `tags` and `lock`. */
export interface Declared {
  readonly tags: readonly Tag[];
  readonly lock?: NamedAttributes;
}

/** Outputs of an OciArtifact. `tags` and `lock` are the live values, `__declared` the declared ones. */
export interface ArtifactState extends ArtifactInputs {
  /** The digest that each declared tag names, as last seen; missing tags are left out. */
  readonly tagDigests: Readonly<Record<string, string>>;
  readonly drift: readonly Drift[];
  readonly __declared: Declared;
  /** Locks of earlier versions on tags that a failed operation has not moved yet. */
  readonly __formerLocks?: readonly OwnLock[];
}

/** The live part of the outputs after an operation or refresh. */
export interface LiveView {
  /** Declared tags that name our digest. */
  readonly tags: readonly Tag[];
  readonly tagDigests: Readonly<Record<string, string>>;
  readonly lock: NamedAttributes | undefined;
  readonly drift: readonly Drift[];
}

export function tagsOf(inputs: Pick<ArtifactInputs, "tags">): readonly Tag[] {
  return inputs.tags ?? [];
}

/** `<login server>/<repository>`, without a scheme. */
export function baseOf({
  registry,
  repository,
}: Pick<ArtifactInputs, "registry" | "repository">): string {
  return `${loginServerOf(registry.loginServer)}/${repository}`;
}

export function loginServerOf(written: string): string {
  return parseLoginServer(written).loginServer;
}

/** The id: the artifact's reference by digest. */
export function idOf(inputs: ArtifactInputs): string {
  const { registry, repository, digest } = inputs;
  return formatReference(loginServerOf(registry.loginServer), repository, digest);
}

export function outputsOf(inputs: ArtifactInputs, live: LiveView): ArtifactState {
  return {
    ...inputs,
    ...live,
    ...(inputs.tags === undefined ? { tags: undefined } : {}),
    lock: live.lock,
    __declared: { tags: tagsOf(inputs), lock: inputs.lock },
  };
}

/** Everything as declared: the view after a finished create or update. */
export function settledView(inputs: ArtifactInputs): LiveView {
  return {
    tags: tagsOf(inputs),
    tagDigests: Object.fromEntries(tagsOf(inputs).map((tag) => [tag, inputs.digest])),
    lock: inputs.lock,
    drift: [],
  };
}

/**
 * The outputs after a failed update. What was declared before and is not undone yet still counts as
 * declared, so that the next run knows of it.
 */
export function unfinishedOutputs(
  old: ArtifactState,
  inputs: ArtifactInputs,
  live: LiveView,
): ArtifactState {
  const before = declaredOf(old);
  const lock = { ...before.lock, ...inputs.lock };
  return {
    ...inputs,
    ...live,
    __declared: {
      tags: [...new Set([...before.tags, ...tagsOf(inputs)])],
      lock: Object.keys(lock).length === 0 ? undefined : lock,
    },
  };
}

/** What the program declares: its tags name its digest. */
export function claimOfInputs(inputs: ArtifactInputs): Claim {
  return {
    repository: baseOf(inputs),
    digest: inputs.digest,
    uses: usedBy(inputs),
    tags: settledView(inputs).tagDigests,
    lock: inputs.lock,
    onReplace: inputs.onReplace,
  };
}

/**
 * The manifests that it refers to: the children of an index, the subject of a referrer, and what is
 * published with it; `undefined` if unknown.
 */
function usedBy({ manifests, subject, included }: ArtifactInputs): readonly Digest[] | undefined {
  const told = [manifests, subject, included].filter((one) => one !== undefined);
  return told.length === 0 ? undefined : told.flat().map(({ digest }) => digest);
}

/** What a state owns: its tags as last seen, so that drift shown to the user may be repaired. */
export function claimOfState(state: ArtifactState): Claim {
  const declared = declaredOf(state);
  const seen = declared.tags.map((tag) => [tag, state.tagDigests[tag] ?? ABSENT]);
  return {
    repository: baseOf(state),
    digest: state.digest,
    uses: usedBy(state),
    tags: Object.fromEntries(seen) as Record<string, string>,
    lock: declared.lock,
    formerLocks: state.__formerLocks,
    onReplace: state.onReplace,
  };
}

export function declaredOf(state: ArtifactState): Declared {
  const { tags, lock } = state.__declared;
  return { tags: tags.filter(isTag), lock };
}

export function asState(bag: PropertyBag): ArtifactState {
  return bag as unknown as ArtifactState;
}

export function asInputs(bag: PropertyBag): ArtifactInputs {
  return bag as unknown as ArtifactInputs;
}

export function asBag(value: ArtifactState | ArtifactInputs): PropertyBag {
  return value as unknown as PropertyBag;
}
