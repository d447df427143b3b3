// Locks a tag and the manifest that it names: neither can be moved, overwritten or deleted until it is opened again.
import { RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");
const { attributes } = registry.repository("library/hello-world");

const tag = await attributes.tag("v1");
if (tag === undefined) throw new Error("there is no tag v1");

// Tag and manifest have separate locks.
await attributes.updateManifest(tag.digest, { writeEnabled: false, deleteEnabled: false });
const now = await attributes.updateTag("v1", { writeEnabled: false, deleteEnabled: false });
console.log(`library/hello-world:v1 is locked: ${JSON.stringify(now)}`);
