import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { artifactLifecycle } from "../published/artifactLifecycle.js";
import { copiedContent } from "./copiedContent.js";

/** The six verbs of `ArtifactCopy`. */
export function artifactCopy(host: Host): Lifecycle {
  return artifactLifecycle(copiedContent, host);
}
