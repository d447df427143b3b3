// Deletes the layers of an image. Its manifest stays, but can no longer be pulled. Usually you delete the manifest
// instead: the service then removes the blobs that nothing refers to.
import { parseManifest, RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");
const { blobs, manifests } = registry.repository("library/hello-world");

const latest = await manifests.fetch("latest");
if (latest === undefined) throw new Error("there is no tag latest");

for (const { digest } of parseManifest(latest.bytes, latest.descriptor.mediaType).layers) {
  console.log(`${digest} ${(await blobs.delete(digest)) ? "was deleted" : "was not there"}`);
}
