import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import type { ContentKind } from "./contentKind.js";

/**
 * The inputs with the content that is published. Whoever ignores changes of the digest keeps it, whatever the files, the
 * source or the program say now; and a state whose digest is not that of its layers would tell a falsehood.
 */
export function keepContent(
  { decisive }: Pick<ContentKind, "decisive">,
  olds: PropertyBag,
  written: PropertyBag,
): PropertyBag {
  const others = Object.keys(written).filter((name) => !decisive.includes(name));
  const inputs = { ...pick(written, others), ...pick(olds, decisive) };
  // Content of a kind names tags where the program does not: those of what is published.
  const isOfKind = olds["content"] !== undefined && written["tags"] === undefined;
  return isOfKind ? { ...inputs, ...pick(olds, ["tags"]) } : inputs;
}

export function pick(bag: PropertyBag, names: readonly string[]): PropertyBag {
  return Object.fromEntries(Object.entries(bag).filter(([name]) => names.includes(name)));
}

/** Whether a failure lies in one of these properties, or below. */
export function isAbout(names: readonly string[], { property }: CheckFailure): boolean {
  return names.includes(property.split(/[.[]/, 1)[0] ?? "");
}
