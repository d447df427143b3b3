import { packArtifact } from "../../provider/artifact/packArtifact.js";
import { pushArtifact } from "../../provider/artifact/push.js";
import { parseTag, RegistryClient } from "../../provider/registry/index.js";
import { ARTIFACT } from "./ociLayout.js";

/**
 * Publishes one file as `up` does, in a process of its own: `pushFile.js <registry> <repository> <tag> <file>`.
 * Prints the peak of its resident memory, in KiB.
 */
async function main([url = "", name = "", tag = "", file = ""]: readonly string[]): Promise<void> {
  using client = new RegistryClient(url, { credential: { kind: "anonymous" } });
  const repository = client.repository(name);
  const artifact = await packArtifact(ARTIFACT(file));
  await pushArtifact(repository, artifact, {});
  await repository.manifests.push(artifact.manifest, { tag: parseTag(tag) });
  process.stdout.write(`${process.resourceUsage().maxRSS}\n`);
}

void main(process.argv.slice(2));
