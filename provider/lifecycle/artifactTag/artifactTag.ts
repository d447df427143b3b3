import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { checkTag } from "./check.js";
import { deleteTag } from "./delete.js";
import { diffTag } from "./diff.js";
import { asInputs } from "./inputs.js";
import { putTag } from "./put.js";
import { getTag, readTag } from "./read.js";
import { asState } from "./state.js";

/** The six verbs of `ArtifactTag`. */
export function artifactTag(host: Host): Lifecycle {
  return {
    check: (olds, news) => Promise.resolve(checkTag(host, olds, news)),
    diff: (_id, olds, news) => diffTag(host, olds, news),
    create: async (inputs, operation) => ({
      id: asInputs(inputs).reference,
      outs: await putTag(host, inputs, undefined, operation),
    }),
    // Only our own states contain `__declared`; for `get`, the state consists of the program's arguments.
    read: (id, state, operation) =>
      "__declared" in state
        ? readTag(host, id, state, operation)
        : getTag(host, id, state, operation),
    update: (_id, olds, news, operation) => putTag(host, news, asState(olds), operation),
    delete: (id, state, operation) => deleteTag(host, id, state, operation),
  };
}
