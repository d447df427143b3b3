import { RegistryClient } from "pulumi-acr/client";

/** Counts the tags of a repository. */
export async function run({ url }: { url: string }): Promise<number> {
  const client = new RegistryClient(url, { credential: { kind: "anonymous" } });
  let count = 0;
  try {
    for await (const { name } of client.repository("many/tags").attributes.listTags())
      count += Number(name !== "");
  } finally {
    client.close();
  }
  return count;
}
