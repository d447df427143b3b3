import { packArtifact } from "../../provider/artifact/packArtifact.js";
import { pushArtifact } from "../../provider/artifact/push.js";
import { parseTag, RegistryClient } from "../../provider/registry/index.js";
import { ARTIFACT } from "./ociLayout.js";

/**
 * Publishes one file as `up` does, in a process of its own: `pushFile.js <registry> <repository> <tag> <file>`.
 * Prints how many seconds packing and pushing took, for a stack's process is running already, and the peak of its memory.
 */
async function main([url = "", name = "", tag = "", file = ""]: readonly string[]): Promise<void> {
  using client = new RegistryClient(url, { credential: { kind: "anonymous" } });
  const repository = client.repository(name);
  const started = performance.now();
  const artifact = await packArtifact(ARTIFACT(file));
  const packed = performance.now();
  await pushArtifact(repository, artifact, {});
  await repository.manifests.push(artifact.manifest, { tag: parseTag(tag) });
  const pushed = performance.now();
  const took = { packing: (packed - started) / 1000, pushing: (pushed - packed) / 1000 };
  const peakMemoryMiB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ ...took, peakMemoryMiB })}\n`);
}

void main(process.argv.slice(2));
