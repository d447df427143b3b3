import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { checkArtifact } from "./check.js";
import type { ContentKind } from "./contentKind.js";
import { createArtifact } from "./create.js";
import { deleteArtifact } from "./delete.js";
import { diffArtifact } from "./diff.js";
import { getArtifact } from "./get.js";
import { readArtifact } from "./read.js";
import { updateArtifact } from "./update.js";

/** The six verbs of a resource that publishes content under tags. */
export function artifactLifecycle(content: ContentKind, host: Host): Lifecycle {
  return {
    check: (olds, news, operation) => checkArtifact(content, host, { olds, news }, operation),
    diff: (_id, olds, news, operation) => diffArtifact(content, host, { olds, news }, operation),
    create: (inputs, operation) => createArtifact(content, host, inputs, operation),
    // Only our own states contain `__declared`; for `get`, the state consists of the program's arguments.
    read: (id, state, operation) =>
      "__declared" in state
        ? readArtifact(content, host, id, state, operation)
        : getArtifact(content, host, id, state, operation),
    update: (id, olds, news, operation) =>
      updateArtifact(content, host, id, { olds, news }, operation),
    delete: (id, state, operation) => deleteArtifact(host, id, state, operation),
  };
}
