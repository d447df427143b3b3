import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { artifactLifecycle } from "../published/artifactLifecycle.js";
import { layeredContent } from "./layeredContent.js";

/** The six verbs of `OciArtifact`. */
export function ociArtifact(host: Host): Lifecycle {
  return artifactLifecycle(layeredContent, host);
}
