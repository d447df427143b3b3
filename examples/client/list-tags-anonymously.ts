// Lists the tags of one image, newest first, without signing in: the registry must allow anonymous pull.
import { RegistryClient } from "pulumi-acr/client";

const loginServer = process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io";
const registry = new RegistryClient(loginServer, { credential: { kind: "anonymous" } });
const { attributes } = registry.repository("library/hello-world");

const latest = await attributes.tag("latest");
if (latest === undefined) throw new Error("there is no tag latest");

console.log(`${registry.loginServer}/library/hello-world:latest has these names:`);
for await (const tag of attributes.listTags({ digest: latest.digest, orderBy: "timedesc" })) {
  console.log(`  ${tag.name}, ${tag.lastUpdateTime}`);
}
