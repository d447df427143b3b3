import { fileBlob, RegistryClient } from "pulumi-acr/client";

/** Hashes a file and sends it, whatever its size. */
export async function run({ url, path }: { url: string; path: string }): Promise<string> {
  const client = new RegistryClient(url, { credential: { kind: "anonymous" } });
  try {
    const blob = await fileBlob(path);
    return await client.repository("large/file").blobs.push(blob);
  } finally {
    client.close();
  }
}
