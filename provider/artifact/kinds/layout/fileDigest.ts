import { type Digest, type DigestAlgorithm, Digester } from "../../../oci/digest.js";
import { readSourceFile, type SourceFile } from "../../../tar/sourceFile.js";

/**
 * Most digests to remember, because `check` runs more than once per artifact. The oldest are dropped
 * first.
 */
const MOST_ENTRIES = 10_000;
const known = new Map<string, Digest>();

/** The digest of a file, which this process reads only once as long as the file does not change. */
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
