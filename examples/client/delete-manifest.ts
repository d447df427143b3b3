// Deletes the manifest that a tag names, and with it every tag that names it.
import { RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");
const { manifests } = registry.repository("library/hello-world");

const latest = await manifests.resolve("latest");
if (latest === undefined) throw new Error("there is no tag latest");
const deleted = await manifests.delete(latest.digest);
console.log(`${latest.digest} ${deleted ? "was deleted" : "was not there any more"}`);
