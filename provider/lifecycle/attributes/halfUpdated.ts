import type { Drift } from "../../artifact/foundDrift.js";
import { type NamedAttributes, namesOf } from "../../artifact/lock.js";
import { sameJson } from "../plain.js";
import type { AttributeState } from "./kind.js";
import { attributeDrift, type Previous, type Subject } from "./managedAttributes.js";
import type { Live } from "./subjects.js";

/** The progress of an update that failed. */
export interface Halfway {
  /** The previous values, as the finished update would record them. */
  readonly previous: Previous;
  /** The live values before it began. */
  readonly live: Live;
  readonly wanted: NamedAttributes;
  /** Subjects that may not be set; only the first of them may be. */
  readonly unset: Live;
  /** What it was restoring when it failed. */
  readonly released?: readonly Released[];
}

/** Attributes of ours that are no longer managed. */
export interface Released {
  readonly subject: Subject;
  readonly ours: NamedAttributes;
}

/**
 * The state after a failed update. The old state still applies, including the values that it has to
 * restore, and everything that may have been set counts as ours. Values that may come from either version
 * become drift, which the next run of the new or the former program may repair. A change by somebody else
 * is not drift of this kind.
 */
export function halfUpdated(
  state: AttributeState,
  halfway: Halfway,
): Pick<AttributeState, "__declared" | "__previous" | "drift"> {
  const declared = closedByEither(state.__declared, halfway.wanted);
  const merged = Object.entries(halfway.previous).map(([reference, found]) => [
    reference,
    { ...found, ...state.__previous[reference] },
  ]);
  const found = [...state.drift, ...driftOfSet(halfway, declared)];
  const drift = [...found, ...driftOfReleased(state, halfway, declared)];
  return {
    __declared: declared,
    __previous: { ...state.__previous, ...(Object.fromEntries(merged) as Previous) },
    drift: drift.filter((one, at) => drift.findIndex((other) => sameJson(one, other)) === at),
  };
}

function closedByEither(old: NamedAttributes, wanted: NamedAttributes): NamedAttributes {
  const names = namesOf({ ...old, ...wanted });
  return Object.fromEntries(
    names.map((name) => [name, old[name] !== false && wanted[name] !== false]),
  );
}

/** The live value if it is not known to be set, and the wanted value if it may be. */
function driftOfSet({ live, wanted, unset }: Halfway, declared: NamedAttributes): readonly Drift[] {
  const before = [...unset].flatMap(([subject, found]) => attributeDrift(subject, found, declared));
  const tried = [...live].slice(0, live.size - unset.size + 1);
  const after = tried.flatMap(([subject, found]) =>
    attributeDrift(subject, { ...found, ...wanted }, declared),
  );
  return [...before, ...after];
}

function driftOfReleased(
  { __previous: known }: AttributeState,
  { live, wanted, released = [] }: Halfway,
  declared: NamedAttributes,
): readonly Drift[] {
  const managed = new Set([...live.keys()].map(({ reference }) => reference));
  return released.flatMap(({ subject, ours }) => {
    const { reference } = subject;
    const before = known[reference] ?? {};
    const back: NamedAttributes = Object.fromEntries(
      namesOf(ours).map((name) => [name, before[name] ?? ours[name]]),
    );
    const set = managed.has(reference) ? wanted : {};
    return attributeDrift(subject, { ...declared, ...set, ...back }, declared);
  });
}
