// Downloads an image into a folder: the manifest as it is, the configuration, and every layer under its digest.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadBlob, OCI_MANIFEST, parseManifest, RegistryClient } from "pulumi-acr/client";

const folder = process.argv[2] ?? "hello-world";
const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");
const { blobs, manifests } = registry.repository("library/hello-world");

const fetched = await manifests.fetch("demo");
if (fetched === undefined) throw new Error("there is no tag demo");
if (fetched.descriptor.mediaType !== OCI_MANIFEST) throw new Error("expected an OCI image");
const { config, layers } = parseManifest(fetched.bytes, fetched.descriptor.mediaType);

await mkdir(folder, { recursive: true });
await writeFile(join(folder, "manifest.json"), fetched.bytes);
// A file appears only when it is complete and its digest verified; nothing partial is left behind.
if (config !== undefined) await downloadBlob(blobs, config, join(folder, "config.json"));
await Promise.all(
  layers.map((layer) => downloadBlob(blobs, layer, join(folder, layer.digest.replace(":", "-")))),
);
console.log(`${layers.length} layers of ${fetched.descriptor.digest} are in ${folder}`);
