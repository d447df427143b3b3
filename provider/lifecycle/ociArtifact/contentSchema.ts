import type { z } from "zod";
import type { ContentName } from "../../artifact/kinds/packKind.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import { exactlyOne, filledText, list, object, oneOf, text } from "../../arguments/schema.js";
import { isUnknown } from "../../arguments/unknown.js";

interface KindOfContent {
  readonly schema: z.ZodType;
  /** Arguments that are paths, kept relative to the program's folder. */
  readonly paths: readonly string[];
  /**
   * Arguments that stand in annotations alone, with what takes their place while they are not known:
   * so that the content is packed and shown all the same.
   */
  readonly annotating: Readonly<Record<string, string | undefined>>;
  /** It is a manifest already: nothing can be put beside it. */
  readonly isComplete?: boolean;
  /** What it is called where it has no meaning but for another artifact. */
  readonly about?: string;
}

const KINDS: Readonly<Record<ContentName, KindOfContent>> = {
  helmChart: {
    schema: object({ path: text, provenance: text.optional() }),
    paths: ["path", "provenance"],
    annotating: {},
  },
  bicepModule: {
    schema: object({
      file: text,
      description: filledText.optional(),
      documentationUri: filledText.optional(),
      source: text.optional(),
    }),
    paths: ["file", "source"],
    annotating: { description: undefined, documentationUri: undefined },
  },
  fluxSource: {
    schema: object({
      path: text,
      source: filledText,
      revision: filledText,
      created: text.optional(),
      ignore: list(text).optional(),
    }),
    paths: ["path"],
    annotating: { source: "", revision: "", created: undefined },
  },
  wasmComponent: {
    schema: object({
      file: text,
      author: filledText.optional(),
      created: text.optional(),
      target: filledText.optional(),
    }),
    paths: ["file"],
    annotating: {},
  },
  sbom: {
    schema: object({
      file: text,
      format: oneOf("spdx-json", "spdx", "cyclonedx-json", "cyclonedx-xml").optional(),
    }),
    paths: ["file"],
    annotating: {},
    about: "a bill of materials",
  },
  endOfLife: {
    schema: object({ date: text }),
    paths: [],
    annotating: { date: "2000-01-01" },
    about: "an end-of-life note",
  },
  ociLayout: {
    schema: object({ path: text, reference: text.optional() }),
    paths: ["path"],
    annotating: {},
    isComplete: true,
  },
};

const NAMES = Object.keys(KINDS);

/** Content of one kind: its arguments under its name. */
export const content: z.ZodType = exactlyOne(
  Object.fromEntries(Object.entries(KINDS).map(([name, { schema }]) => [name, schema.optional()])),
  NAMES,
);

/** The kind of that name; `undefined` while it is not known, or wrong. */
export function kindNamed(name: string): KindOfContent | undefined {
  return Object.hasOwn(KINDS, name) ? KINDS[name as ContentName] : undefined;
}

/** What content of a kind decides by itself, and nobody else may. */
const DECIDED = ["artifactType", "layers", "config"];
/** What may stand beside content that is put into a manifest. */
const WRITTEN = ["annotations", "subject"];

export function besidesContent(news: PropertyBag): CheckFailure[] {
  const { content: given } = news;
  if (given === undefined) return [];
  const [name = ""] = isUnknown(given) ? [] : Object.keys(given as PropertyBag);
  const decided = kindNamed(name)?.isComplete === true ? [...DECIDED, ...WRITTEN] : DECIDED;
  return decided
    .filter((name) => news[name] !== undefined)
    .map((property) => ({
      property,
      reason: `\`content\` (${kindShown(news["content"])}) decides what it is: give one of them`,
    }));
}

/** A note about nothing would be published, and nobody would find it. */
export function withoutSubject(news: PropertyBag): CheckFailure[] {
  const { content, subject } = news;
  if (subject !== undefined || content === undefined || isUnknown(content)) return [];
  return Object.keys(content as PropertyBag).flatMap((name) => {
    const about = kindNamed(name)?.about;
    if (about === undefined) return [];
    const reason = `it is required: ${about} is found by its subject: give that artifact, or its \`descriptor\``;
    return [{ property: "subject", reason }];
  });
}

function kindShown(given: unknown): string {
  return isUnknown(given) ? "not known yet" : Object.keys(given as PropertyBag).join(", ");
}
