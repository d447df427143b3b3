import { type Digest, isDigest } from "../../oci/digest.js";
import { parseReference } from "../../oci/reference.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import {
  digest,
  flag,
  HIDDEN,
  object,
  registry,
  repositoryName,
  validate,
} from "../../arguments/schema.js";
import { ATTRIBUTE_NAMES } from "../../registry/attributes.js";
import type { AttributeKind } from "./kind.js";

export const attributeFlags = {
  deleteEnabled: flag.optional(),
  writeEnabled: flag.optional(),
  readEnabled: flag.optional(),
  listEnabled: flag.optional(),
};

const schema = object({
  ...HIDDEN,
  repository: repositoryName,
  digest,
  ...attributeFlags,
  registry: registry.optional(),
});

/** `ManifestProperties`: any of the four attributes of one manifest. */
export const manifestProperties: AttributeKind = {
  name: "ManifestProperties",
  identity: ["repository", "digest"],
  compared: [],
  validate: (news) => [...validate(schema, news), ...noneNamed(news)],
  complete: (news) => news,
  idForm: "<login server>/<repository>@<digest>",
  id: (base, inputs) => `${base}@${String(inputs["digest"])}`,
  fromId: (id) => {
    const parsed = parseReference(id);
    if (parsed === undefined || !isDigest(parsed.reference)) return undefined;
    const { loginServer, repository, reference } = parsed;
    return { loginServer, repository, digest: reference };
  },
  find: async (repository, base, inputs, _state, operation) => {
    const subject = inputs["digest"] as Digest;
    const found = await repository.attributes.manifest(subject, operation);
    if (found === undefined) return undefined;
    const { attributes } = found;
    return { subjects: [{ subject, reference: `${base}@${subject}`, attributes }], drift: [] };
  },
  require: () => undefined,
  liveInputs: () => ({}),
};

export function noneNamed(news: PropertyBag): CheckFailure[] {
  if (ATTRIBUTE_NAMES.some((name) => name in news)) return [];
  const names = ATTRIBUTE_NAMES.join(", ");
  return [{ property: "", reason: `name at least one attribute to manage: ${names}` }];
}
