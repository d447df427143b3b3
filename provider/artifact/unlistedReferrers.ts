import { eachOf } from "../concurrency/eachOf.js";
import type { Digest } from "../oci/digest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";

/** A manifest and its subject. */
export interface Referrer {
  readonly digest: Digest;
  readonly subject: Digest;
}

/** Each needs a listing, which may have several pages. */
const LISTINGS_AT_ONCE = 8;

/**
 * The referrers that exist but that their subject does not list, so that nobody can find them. If the
 * subject does not exist, its referrers are left out.
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
  await eachOf(bySubject, { concurrency: LISTINGS_AT_ONCE, ...options }, async (entry, signal) => {
    const [subject, wanted] = entry;
    const listed = new Set<string>();
    for await (const { digest } of referrers.list(subject, { signal })) listed.add(digest);
    const absent = wanted.filter(({ digest }) => !listed.has(digest));
    if (absent.length === 0 || (await manifests.resolve(subject, { signal })) === undefined) return;
    unlisted.set(subject, absent);
  });
  return [...bySubject.keys()].flatMap((subject) => unlisted.get(subject) ?? []);
}
