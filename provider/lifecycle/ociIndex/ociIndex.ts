import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { artifactLifecycle } from "../published/artifactLifecycle.js";
import { indexContent } from "./indexContent.js";

/** The six verbs of `OciIndex`. */
export function ociIndex(host: Host): Lifecycle {
  return artifactLifecycle(indexContent, host);
}
