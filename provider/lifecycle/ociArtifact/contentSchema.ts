import type { z } from "zod";
import type { ContentName } from "../../artifact/kinds/packKind.js";
import type { CheckFailure, PropertyBag } from "../lifecycle.js";
import { exactlyOne, object, text } from "../schema.js";
import { isUnknown } from "../unknown.js";

/** The arguments of each kind of content. Members that name files are paths of the program's folder. */
const KINDS: Readonly<Record<ContentName, z.ZodType>> = {
  helmChart: object({ path: text, provenance: text.optional() }),
};

const NAMES = Object.keys(KINDS);

/** Content of one kind, by the kind's name. */
export const content: z.ZodType = exactlyOne(
  object(Object.fromEntries(Object.entries(KINDS).map(([name, of]) => [name, of.optional()]))),
  NAMES,
);

/** Names of arguments that are paths. */
export const PATHS: readonly string[] = ["path", "provenance"];

/** What content of a kind decides by itself, and nobody else may. */
const DECIDED = ["artifactType", "layers", "config"];

export function besidesContent(news: PropertyBag): CheckFailure[] {
  if (news["content"] === undefined) return [];
  return DECIDED.filter((name) => news[name] !== undefined).map((property) => ({
    property,
    reason: `\`content\` (${kindShown(news["content"])}) decides what it is: give one of them`,
  }));
}

function kindShown(given: unknown): string {
  return isUnknown(given) ? "not known yet" : Object.keys(given as PropertyBag).join(", ");
}
