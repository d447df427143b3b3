import type { CheckFailure } from "../arguments/checkFailure.js";
import type { PropertyBag } from "./lifecycle.js";
import { sameJson } from "./plain.js";

/**
 * What the resource option `ignoreChanges` keeps of the inputs that `check` derives: before it asks `check`, the engine
 * puts old inputs in the place of new ones, those too that no program gives. At a creation there are none.
 *
 * `everything`: it names `*`, and nothing is to be done. A failure: it names what is derived alone, which would then
 * say something else than what it is derived from.
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
