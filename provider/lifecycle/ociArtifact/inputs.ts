import { z } from "zod";
import type { Descriptor } from "../../oci/descriptor.js";
import type { Digest } from "../../oci/digest.js";
import { expected } from "../inputMessages.js";
import type { CheckFailure, PropertyBag } from "../lifecycle.js";
import { type ArtifactInputs, duplicateTags, PUBLISHED } from "../published/inputs.js";
import {
  annotations,
  known,
  list,
  mediaType,
  object,
  oneOf,
  secretText,
  text,
  validate,
} from "../schema.js";
import { isUnknown } from "../unknown.js";

/** What a layer's descriptor looks like in inputs and outputs. */
export interface LayerDescriptor {
  readonly title?: string;
  readonly mediaType: string;
  readonly size: number;
  readonly digest: Digest;
  /** Digest of the plain tar of a directory, and the compressor whose output `digest` is. */
  readonly tarDigest?: Digest;
  readonly compressor?: string;
}

/** Inputs of an `OciArtifact`. */
export interface LayeredInputs extends ArtifactInputs {
  readonly layers?: readonly PropertyBag[];
  readonly config?: PropertyBag;
  readonly configDescriptor: Pick<Descriptor, "mediaType" | "digest" | "size">;
  readonly layerDescriptors: readonly LayerDescriptor[];
}

/** Exactly one of several ways to give content. */
function exactlyOne(schema: z.ZodType, names: readonly string[]): z.ZodType {
  const choice = names.map((name) => `\`${name}\``).join(", ");
  return schema.superRefine((value, context) => {
    if (isUnknown(value) || typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) return;
    const given = names.filter((name) => name in value);
    if (given.length === 1) return;
    const found = given.length === 0 ? "none is given" : `given are ${given.join(" and ")}`;
    context.addIssue({ code: "custom", message: `expected exactly one of ${choice}: ${found}` });
  });
}

const layer = exactlyOne(
  object({
    file: text.optional(),
    directory: text.optional(),
    content: secretText.optional(),
    source: known(z.record(z.string(), z.unknown(), { error: expected("an asset") })).optional(),
    include: list(text).optional(),
    exclude: list(text).optional(),
    mediaType: mediaType.optional(),
    title: text.optional(),
    annotations: annotations.optional(),
    compression: oneOf("gzip", "none").optional(),
  }),
  ["file", "directory", "content", "source"],
);

const config = exactlyOne(
  object({
    file: text.optional(),
    content: secretText.optional(),
    mediaType,
    annotations: annotations.optional(),
  }),
  ["file", "content"],
);

const schema = object({
  ...PUBLISHED,
  layers: list(layer).optional(),
  config: config.optional(),
  verify: oneOf("manifest", "blobs").optional(),
});

/** Everything about the inputs that can be judged without looking at a file. */
export function validateInputs(news: PropertyBag): CheckFailure[] {
  const failures = validate(schema, news);
  return failures.length > 0 ? failures : [...duplicateTags(news["tags"]), ...strayPatterns(news)];
}

/** Patterns choose files of a folder; on anything else they would silently do nothing. */
function strayPatterns(news: PropertyBag): CheckFailure[] {
  const layers = Array.isArray(news["layers"]) ? (news["layers"] as PropertyBag[]) : [];
  return layers.flatMap((given, index) =>
    (["include", "exclude"] as const).flatMap((name) =>
      !isUnknown(given) && name in given && !("directory" in given) && !("source" in given)
        ? [
            {
              property: `layers[${index}].${name}`,
              reason: "patterns choose files of a directory, and none is given",
            },
          ]
        : [],
    ),
  );
}
