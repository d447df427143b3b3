import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import { duplicateTags, PUBLISHED } from "../published/inputs.js";
import {
  annotations,
  digest,
  list,
  mediaType,
  object,
  size,
  text,
  validate,
} from "../../arguments/schema.js";

/** image-spec, image-index.md, "platform". */
const platform = object({
  architecture: text,
  os: text,
  "os.version": text.optional(),
  "os.features": list(text).optional(),
  variant: text.optional(),
});

const child = object({
  mediaType,
  digest,
  size,
  platform: platform.optional(),
  annotations: annotations.optional(),
  artifactType: mediaType.optional(),
});

const schema = object({ ...PUBLISHED, manifests: list(child) });

export function validateInputs(news: PropertyBag): CheckFailure[] {
  const failures = validate(schema, news);
  return failures.length > 0 ? failures : duplicateTags(news["tags"]);
}
