import { describeDrift, findDrift } from "../../artifact/drift.js";
import {
  inspectArtifact,
  inspectRest,
  type LiveArtifact,
  type WantedArtifact,
} from "../../artifact/inspect.js";
import { type NamedAttributes, namesOf } from "../../artifact/lock.js";
import type { Host } from "../host.js";
import type { PropertyBag, ReadResult } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { ContentKind } from "./contentKind.js";
import type { Included } from "./included.js";
import type { ArtifactInputs } from "./inputs.js";
import {
  asBag,
  asState,
  type ArtifactState,
  baseOf,
  declaredOf,
  type LiveView,
  outputsOf,
} from "./state.js";

/**
 * The live state. The returned inputs describe it, so that the engine's own diff shows what `up` will
 * repair.
 */
export async function readArtifact(
  content: ContentKind,
  host: Host,
  id: string,
  bag: PropertyBag,
  operation: Operation,
): Promise<ReadResult | undefined> {
  const state = asState(bag);
  const wanted = wantedOf(content, state);
  const repository = host.registry(bag).repository(state.repository);
  const live =
    (await inspectArtifact(repository, wanted, operation)) ??
    (await inspectRest(repository, wanted, ownIncluded(state), operation));
  if (live === undefined) return undefined;
  const view = viewOf(wanted, live, baseOf(state));
  for (const drift of view.drift) operation.log.warn(describeDrift(drift));
  if (live.referrer === "subject-absent") operation.log.info(subjectAbsent(state));
  return {
    id,
    outs: asBag({ ...outputsOf(declaredInputs(state), view), __declared: declaredOf(state) }),
    inputs: asBag(liveInputs(content, state, view, live)),
  };
}

function wantedOf(content: ContentKind, state: ArtifactState): WantedArtifact {
  const { tags, lock } = declaredOf(state);
  const parts = content.wantedParts(state);
  // Content read by `get` belongs to somebody else, and so does the list of its subject's referrers.
  const subject = state.__urn === undefined ? undefined : state.subject?.digest;
  return { digest: state.digest, tags, lock, parts, subject };
}

/**
 * What was published with the manifest. While any of it exists, the resource is not gone: `up` completes
 * it, and `destroy` removes it.
 */
function ownIncluded({ __urn: urn, included = [] }: ArtifactState): readonly Included[] {
  return urn === undefined ? [] : included;
}

function subjectAbsent({ reference, subject }: ArtifactState): string {
  return (
    `${reference} refers to ${subject?.digest}, which is gone. It is still there itself; a registry that deletes ` +
    `the referrers of what is deleted may do so later`
  );
}

function viewOf(wanted: WantedArtifact, live: LiveArtifact, base: string): LiveView {
  return {
    tags: wanted.tags.filter((tag) => live.tags.get(tag)?.digest === wanted.digest),
    tagDigests: Object.fromEntries([...live.tags].map(([tag, { digest }]) => [tag, digest])),
    lock:
      wanted.lock === undefined || isGone(wanted, live)
        ? undefined
        : liveLock(wanted, wanted.lock, live),
    drift: findDrift(wanted, live, base),
  };
}

function isGone({ digest }: Pick<WantedArtifact, "digest">, { missing }: LiveArtifact): boolean {
  return missing.manifests.includes(digest);
}

/** The declared lock, with the attributes inverted that differ anywhere. */
function liveLock(
  wanted: WantedArtifact,
  lock: NamedAttributes,
  live: LiveArtifact,
): NamedAttributes {
  const found = [
    live.attributes,
    ...[...live.tags.values()]
      .filter(({ digest }) => digest === wanted.digest)
      .map(({ attributes }) => attributes),
  ];
  return Object.fromEntries(
    namesOf(lock).map((name) => {
      const differs = found.some((one) => one !== undefined && one[name] !== lock[name]);
      return [name, differs ? !lock[name] : lock[name]];
    }),
  );
}

/** The inputs in the state, as they were declared. */
function declaredInputs(state: ArtifactState): ArtifactInputs {
  const { tagDigests: _tags, drift: _drift, __declared: declared, ...inputs } = state;
  return {
    ...inputs,
    tags: inputs.tags === undefined ? undefined : declared.tags,
    lock: declared.lock,
  };
}

function liveInputs(
  content: ContentKind,
  state: ArtifactState,
  view: LiveView,
  live: LiveArtifact,
): ArtifactInputs {
  const inputs = declaredInputs(state);
  const found = Object.fromEntries(content.found.map((name) => [name, undefined]));
  return {
    ...content.withoutMissing(inputs, live),
    ...found,
    tags: inputs.tags === undefined ? undefined : view.tags,
    lock: view.lock,
    ...(live.referrer === "unlisted" ? { subject: undefined } : {}),
    ...(isGone(state, live) ? { digest: undefined, reference: undefined } : {}),
  } as ArtifactInputs;
}
