import type { Digest } from "../oci/digest.js";
import { asReferrer } from "../registry/referrersDocument.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { pushManifest } from "./push.js";
import type { PushableManifest } from "./pushable.js";

/** Where a manifest with a subject stands in the list of that subject's referrers. */
export type ReferrerState =
  | "listed"
  | "unlisted"
  /** Not listed, but the subject is gone: registries may list nothing then, and delete it, too. */
  | "subject-absent";

/** One request if the registry lists it itself; two more at most. */
export async function inspectReferrer(
  repository: Pick<Repository, "manifests" | "referrers">,
  { subject, digest }: { readonly subject: Digest; readonly digest: Digest },
  options: OperationOptions,
): Promise<ReferrerState> {
  for await (const referrer of repository.referrers.list(subject, options)) {
    if (referrer.digest === digest) return "listed";
  }
  const found = await repository.manifests.resolve(subject, options);
  return found === undefined ? "subject-absent" : "unlisted";
}

type Store = Pick<Repository, "blobs" | "manifests" | "referrers">;

/**
 * Makes sure that a manifest that is there already is listed by its subject, if it has one. Where it
 * is not, it is pushed again, which is how a registry comes to index it. One that says it did, and
 * still lists nothing, has no list of its own: then it stands under the tag.
 */
export async function ensureListed(
  repository: Store,
  content: PushableManifest,
  options: OperationOptions,
): Promise<void> {
  const referrer = asReferrer(content.manifest);
  if (referrer === undefined) return;
  const { subject, descriptor } = referrer;
  const wanted = { subject, digest: descriptor.digest };
  if ((await inspectReferrer(repository, wanted, options)) === "listed") return;
  const { subjectIndexed } = await pushManifest(repository, content, options);
  if (!subjectIndexed || (await inspectReferrer(repository, wanted, options)) !== "unlisted")
    return;
  await repository.referrers.add(subject, descriptor, options);
}

/** Puts a manifest that was just pushed, and that the registry did not index, into the list. */
export async function listReferrer(
  repository: Pick<Repository, "referrers">,
  { manifest }: PushableManifest,
  options: OperationOptions,
): Promise<void> {
  const referrer = asReferrer(manifest);
  if (referrer === undefined) return;
  await repository.referrers.add(referrer.subject, referrer.descriptor, options);
}
