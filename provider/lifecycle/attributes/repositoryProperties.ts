import { parseRepositoryReference } from "../../oci/reference.js";
import { HIDDEN, object, registry, repositoryName, validate } from "../../arguments/schema.js";
import type { AttributeKind } from "./kind.js";
import { attributeFlags, noneNamed } from "./manifestProperties.js";

const schema = object({
  ...HIDDEN,
  repository: repositoryName,
  ...attributeFlags,
  registry: registry.optional(),
});

/** `RepositoryProperties`: any of the four attributes of one repository. */
export const repositoryProperties: AttributeKind = {
  name: "RepositoryProperties",
  identity: ["repository"],
  compared: [],
  validate: (news) => [...validate(schema, news), ...noneNamed(news)],
  complete: (news) => news,
  idForm: "<login server>/<repository>",
  id: (base) => base,
  fromId: (id) => {
    const parsed = parseRepositoryReference(id);
    return parsed === undefined ? undefined : { ...parsed };
  },
  find: async (repository, base, _inputs, _state, operation) => {
    const found = await repository.attributes.repository(operation);
    if (found === undefined) return undefined;
    const { attributes } = found;
    return { subjects: [{ subject: undefined, reference: base, attributes }], drift: [] };
  },
  require: () => undefined,
  liveInputs: () => ({}),
};
