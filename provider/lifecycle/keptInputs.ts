import type { PropertyBag } from "./lifecycle.js";
import { sameJson } from "./plain.js";

/** The inputs of a `check`, as the program gave them, and the derived ones that are to stay as they were. */
export interface SeparatedInputs {
  readonly written: PropertyBag;
  readonly kept: PropertyBag;
}

/**
 * No program gives what `check` derives. With `ignoreChanges`, though, for example of `*` or of the digest, the engine
 * puts old inputs in the place of new ones before it asks `check`, derived ones too. At a creation there are none.
 */
export function separateKept(
  derived: readonly string[],
  olds: PropertyBag,
  news: PropertyBag,
): SeparatedInputs {
  const isKept = ([name, value]: [string, unknown]): boolean =>
    derived.includes(name) && name in olds && sameJson(value, olds[name]);
  const entries = Object.entries(news);
  return {
    written: Object.fromEntries(entries.filter((entry) => !isKept(entry))),
    kept: Object.fromEntries(entries.filter(isKept)),
  };
}
