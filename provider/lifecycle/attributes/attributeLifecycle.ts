import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { createAttributes } from "./create.js";
import { deleteAttributes } from "./delete.js";
import type { AttributeKind } from "./kind.js";
import { checkAttributes, diffAttributes } from "./plan.js";
import { getAttributes, readAttributes } from "./read.js";
import { updateAttributes } from "./update.js";

/** The six verbs of a resource that manages attributes of a tag, a manifest or a repository. */
export function attributeLifecycle(kind: AttributeKind, host: Host): Lifecycle {
  return {
    check: (_olds, news) => Promise.resolve(checkAttributes(kind, host, news)),
    diff: (_id, olds, news) => diffAttributes(kind, host, olds, news),
    create: (inputs, operation) => createAttributes(kind, host, inputs, operation),
    // Only our own states contain `__declared`; for `get`, the state consists of the program's arguments.
    read: (id, state, operation) =>
      "__declared" in state
        ? readAttributes(kind, host, id, state, operation)
        : getAttributes(kind, host, id, state, operation),
    update: (id, olds, news, operation) =>
      updateAttributes(kind, host, id, { olds, news }, operation),
    delete: (_id, state, operation) => deleteAttributes(host, state, operation),
  };
}
