import type { Digest } from "../oci/digest.js";
import { asReferrer } from "../registry/referrersDocument.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { pushManifest } from "./push.js";
import type { PushableManifest } from "./pushable.js";

/** Whether the subject of a manifest lists it as a referrer. */
export type ReferrerState =
  | "listed"
  | "unlisted"
  /**
   * Not listed, but the subject does not exist. Registries may list nothing then, or delete the referrer,
   * too.
   */
  | "subject-absent";

/** Sends one request if the registry lists referrers itself, and at most two more otherwise. */
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
 * Makes sure that an existing manifest is listed by its subject, if it has one. If not, it is pushed
 * again, which makes a registry index it. If the registry claims to index it and still does not list it,
 * it has no index, and the manifest is added to the list under the tag.
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

/** Adds a manifest that was just pushed to the list of referrers, if the registry did not index it. */
export async function listReferrer(
  repository: Pick<Repository, "referrers">,
  { manifest }: PushableManifest,
  options: OperationOptions,
): Promise<void> {
  const referrer = asReferrer(manifest);
  if (referrer === undefined) return;
  await repository.referrers.add(referrer.subject, referrer.descriptor, options);
}
