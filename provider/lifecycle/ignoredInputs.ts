import type { CheckFailure } from "../arguments/checkFailure.js";
import type { PropertyBag } from "./lifecycle.js";
import { sameJson } from "./plain.js";

/**
 * Whether the resource option `ignoreChanges` names `*`: before it asks `check`, the engine then puts all old inputs in
 * the place of new ones, those too that `check` derived, which no program gives. At a creation there are none.
 */
export function ignoresEverything(
  derived: readonly string[],
  olds: PropertyBag,
  news: PropertyBag,
): boolean {
  const names = Object.keys(olds);
  return (
    names.some((name) => derived.includes(name)) &&
    names.every((name) => sameJson(olds[name], news[name]))
  );
}

/** Refuses `ignoreChanges` of what is derived alone: it would say something else than what it is derived from. */
export function refuseIgnored(
  derived: readonly string[],
  olds: PropertyBag,
  news: PropertyBag,
): CheckFailure | undefined {
  const ignored = derived.find(
    (name) => name in olds && name in news && sameJson(olds[name], news[name]),
  );
  if (ignored === undefined) return undefined;
  const reason =
    "it follows from other inputs and cannot be given, nor can `ignoreChanges` keep it alone: ignore the " +
    "inputs that are to stay, or all of them by `*`";
  return { property: ignored, reason };
}
