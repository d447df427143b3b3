// Lists the tags of an image in pages of two, newest first. `node list-in-pages.ts` shows the first page and says
// how to get the next one, even on another day.
import { RegistryClient } from "pulumi-acr/client";

const PAGE = 2;
const [after] = process.argv.slice(2);
const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");
const { attributes } = registry.repository("library/hello-world");

const page: string[] = [];
const options = { orderBy: "timedesc", pageSize: PAGE } as const;
for await (const { name } of attributes.listTags(after ? { ...options, after } : options)) {
  page.push(name);
  // Leaving the loop here requests no further page.
  if (page.length === PAGE) break;
}
console.log(page.join("\n"));
if (page.length === PAGE) console.log(`next: node list-in-pages.ts ${page.at(-1)}`);
