import { eachOf } from "../concurrency/eachOf.js";
import type { Digest } from "../oci/digest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";

/** A manifest, and the one that it is about. */
export interface Referrer {
  readonly digest: Digest;
  readonly subject: Digest;
}

/** Each is asked for by a listing, which may have pages. */
const LISTINGS_AT_ONCE = 8;

/**
 * Those of the referrers that their subject does not list: they are there, and nobody finds them who looks
 * for what refers to it. A subject that is not there itself lists nothing, and is left out.
 */
export async function findUnlisted(
  { referrers, manifests }: Pick<Repository, "referrers" | "manifests">,
  parts: readonly { readonly digest: Digest; readonly subject?: Digest | undefined }[],
  options: OperationOptions,
): Promise<readonly Referrer[]> {
  const bySubject = new Map<Digest, Referrer[]>();
  for (const { digest, subject } of parts) {
    if (subject === undefined) continue;
    const known = bySubject.get(subject);
    if (known === undefined) bySubject.set(subject, [{ digest, subject }]);
    else known.push({ digest, subject });
  }
  const unlisted = new Map<Digest, readonly Referrer[]>();
  await eachOf(bySubject, { places: LISTINGS_AT_ONCE, ...options }, async (entry, signal) => {
    const [subject, wanted] = entry;
    const listed = new Set<string>();
    for await (const { digest } of referrers.list(subject, { signal })) listed.add(digest);
    const absent = wanted.filter(({ digest }) => !listed.has(digest));
    if (absent.length === 0 || (await manifests.resolve(subject, { signal })) === undefined) return;
    unlisted.set(subject, absent);
  });
  return [...bySubject.keys()].flatMap((subject) => unlisted.get(subject) ?? []);
}
