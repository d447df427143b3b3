// Run as a separate program: attaches many referrers to the given subject at once, on the emulator
// with the address and credentials in the environment, and prints their digests.
import {
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  memoryBlob,
  OCI_MANIFEST,
  parseDigest,
  RegistryClient,
} from "../../provider/registry/index.js";

export const ATTACHED_TYPE = "application/vnd.example.attached";

async function main(repositoryName = "", subject = "", writer = "", count = "0"): Promise<void> {
  const { REGISTRY: registry = "", NAME: username = "", WORD: password = "" } = process.env;
  const client = new RegistryClient(registry, {
    credential: { kind: "token", username, password },
  });
  const { blobs, manifests } = client.repository(repositoryName);
  await blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
  const referrers = Array.from({ length: Number(count) }, (_, number) =>
    encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: ATTACHED_TYPE,
      config: EMPTY_DESCRIPTOR,
      layers: [EMPTY_DESCRIPTOR],
      subject: { mediaType: OCI_MANIFEST, digest: parseDigest(subject), size: 2 },
      annotations: { writer, number: String(number) },
    }),
  );
  await Promise.all(referrers.map((referrer) => manifests.push(referrer)));
  client.close();
  process.stdout.write(referrers.map(({ descriptor }) => descriptor.digest).join("\n"));
}

if (require.main === module) void main(...process.argv.slice(2));
