import { type Digest, type DigestAlgorithm, Digester } from "../../../oci/digest.js";
import { readSourceFile, type SourceFile } from "../../../tar/sourceFile.js";

/** `check` runs more than once for an artifact; the oldest are forgotten first. */
const MOST_ENTRIES = 10_000;
const known = new Map<string, Digest>();

/** The digest of a file, read once in this process as long as it stays the same file. */
export async function fileDigest(
  file: SourceFile,
  algorithm: DigestAlgorithm,
  signal?: AbortSignal,
): Promise<Digest> {
  const { path, inode, modifiedNs, size } = file;
  const key = `${algorithm} ${inode} ${modifiedNs} ${size} ${path}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const digester = new Digester(algorithm);
  for await (const chunk of readSourceFile(file, { signal })) digester.update(chunk);
  const digest = digester.digest();
  known.set(key, digest);
  for (const oldest of known.keys()) {
    if (known.size <= MOST_ENTRIES) break;
    known.delete(oldest);
  }
  return digest;
}
