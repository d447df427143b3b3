import { z } from "zod";
import type { Descriptor } from "../../oci/descriptor.js";
import type { Digest } from "../../oci/digest.js";
import { expected } from "../../arguments/inputMessages.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import { type ArtifactInputs, duplicateTags, PUBLISHED, VERIFY } from "../published/inputs.js";
import {
  annotations,
  exactlyOne,
  known,
  list,
  mediaType,
  noAsset,
  object,
  oneOf,
  secretText,
  text,
  validate,
} from "../../arguments/schema.js";
import { isUnknown } from "../../arguments/unknown.js";
import { besidesContent, content, withoutSubject } from "./contentSchema.js";

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
  readonly content?: PropertyBag;
  /** Absent: an index in an image layout. */
  readonly configDescriptor?: Pick<Descriptor, "mediaType" | "digest" | "size">;
  readonly layerDescriptors: readonly LayerDescriptor[];
}

const LAYER =
  'an object, such as { file: "README.md" }, { directory: "policies" } or { content: "text" }';

const path = noAsset(text, "a path", "give it as `source` instead");

const layer = noAsset(
  exactlyOne(
    {
      file: path.optional(),
      directory: path.optional(),
      content: secretText.optional(),
      source: known(
        z.record(z.string(), z.unknown(), {
          error: expected("a Pulumi asset or archive, not a path"),
        }),
      ).optional(),
      include: list(text).optional(),
      exclude: list(text).optional(),
      mediaType: mediaType.optional(),
      title: text.optional(),
      annotations: annotations.optional(),
      compression: oneOf("gzip", "none").optional(),
    },
    ["file", "directory", "content", "source"],
    LAYER,
  ),
  LAYER,
  "give it as the `source` of a layer, { source: … }",
);

const config = exactlyOne(
  {
    file: text.optional(),
    content: secretText.optional(),
    mediaType,
    annotations: annotations.optional(),
  },
  ["file", "content"],
);

const schema = object({
  ...PUBLISHED,
  layers: list(layer).optional(),
  config: config.optional(),
  content: content.optional(),
  verify: VERIFY,
});

/** Everything about the inputs that can be judged without looking at a file. */
export function validateInputs(news: PropertyBag): CheckFailure[] {
  const failures = validate(schema, news);
  if (failures.length > 0) return failures;
  return [
    ...duplicateTags(news["tags"]),
    ...strayPatterns(news),
    ...besidesContent(news),
    ...withoutSubject(news),
  ];
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
