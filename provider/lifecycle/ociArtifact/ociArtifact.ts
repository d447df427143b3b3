import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { checkArtifact } from "./check.js";
import { createArtifact } from "./create.js";
import { deleteArtifact } from "./delete.js";
import { diffArtifact } from "./diff.js";
import { getArtifact } from "./get.js";
import { readArtifact } from "./read.js";
import { updateArtifact } from "./update.js";

/** The six verbs of `OciArtifact`. */
export function ociArtifact(host: Host): Lifecycle {
  return {
    check: (olds, news) => checkArtifact(host, olds, news),
    diff: (id, olds, news) => diffArtifact(host, id, olds, news),
    create: (inputs, operation) => createArtifact(host, inputs, operation),
    // Only a state that we wrote has `__declared`; what a `get` brings is the program's arguments.
    read: (id, state, operation) =>
      "__declared" in state
        ? readArtifact(host, id, state, operation)
        : getArtifact(host, id, state, operation),
    update: (id, olds, news, operation) => updateArtifact(host, id, olds, news, operation),
    delete: (id, state, operation) => deleteArtifact(host, id, state, operation),
  };
}
