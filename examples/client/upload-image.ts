// Uploads an image: its configuration from memory, one layer from a file, one from a stream, then the manifest.
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  encodeManifest,
  fileBlob,
  OCI_LAYER_TAR,
  OCI_MANIFEST,
  RegistryClient,
} from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");
const { blobs, manifests } = registry.repository("library/hello-world");

const config = await blobs.upload(Buffer.from("{}"), {
  mediaType: "application/vnd.oci.image.config.v1+json",
});

// A file can be read twice: it is hashed, and sent only if the registry does not have it.
const file = await fileBlob(fileURLToPath(import.meta.url), { mediaType: OCI_LAYER_TAR });
// A stream cannot: it is hashed while it is sent.
const stream = Readable.from(["Sample layer"], { objectMode: false });
const [, layer] = await Promise.all([
  blobs.push(file),
  blobs.upload(stream, {
    mediaType: OCI_LAYER_TAR,
    onProgress: (sent) => console.log(`sent ${sent} bytes`),
  }),
]);

const manifest = encodeManifest({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config,
  layers: [file.descriptor, layer],
});
await manifests.push(manifest, { tag: "demo" });
console.log(`library/hello-world:demo is ${manifest.descriptor.digest}`);
