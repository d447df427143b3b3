import type { CheckFailure } from "../arguments/checkFailure.js";
import type { PropertyBag } from "./lifecycle.js";
import { sameJson } from "./plain.js";

/**
 * Finds which derived inputs the resource option `ignoreChanges` keeps. Before the engine calls `check`,
 * it replaces the named inputs with the old ones, including derived inputs that no program sets. At
 * creation there are none.
 *
 * Returns `everything` for `*`, which leaves nothing to do, or a failure if only a derived input is
 * named, which would then contradict what it is derived from.
 */
export function ignoredInputs(
  derived: readonly string[],
  olds: PropertyBag,
  news: PropertyBag,
): "everything" | CheckFailure | undefined {
  const isSame = (name: string): boolean => sameJson(olds[name], news[name]);
  const ignored = derived.find((name) => name in olds && name in news && isSame(name));
  if (ignored === undefined) return undefined;
  if (Object.keys(olds).every(isSame)) return "everything";
  const reason =
    "it follows from other inputs and cannot be given, nor can `ignoreChanges` keep it alone: ignore the " +
    "inputs that are to stay, or all of them by `*`";
  return { property: ignored, reason };
}
