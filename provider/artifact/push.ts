import { eachOf } from "../concurrency/eachOf.js";
import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import { missingBlobs } from "../registry/refusal.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { pushBlobs, type PushOptions } from "./pushBlobs.js";
import { inSteps, type Pushable, type PushableManifest } from "./pushable.js";

/** Concurrent manifests; each is one small request. */
const CONCURRENT_MANIFESTS = 8;

/** What the registry did with the manifest's subject, if it has one. */
export type PushedManifest = Awaited<ReturnType<Repository["manifests"]["push"]>>;

type Target = Pick<Repository, "blobs" | "manifests">;
type PushManifestOptions = PushOptions & { readonly updateReferrers?: boolean };

/**
 * Publishes an artifact by digest: first the blobs, each digest once, then the manifests, each after those it
 * refers to. Set tags afterwards, so that a tag never leads to missing content.
 *
 * `updateReferrers` applies to the artifact's own manifest; included manifests are always listed by their
 * subject.
 */
export async function pushArtifact(
  repository: Target,
  artifact: Pushable,
  options: PushManifestOptions = {},
): Promise<PushedManifest> {
  const pushed = await pushMissing(repository, artifact, new Set(), options);
  if (pushed === undefined) throw new Error("the manifest itself was not pushed");
  return pushed;
}

/**
 * Pushes what belongs to a manifest that the registry has already: only included manifests that are
 * missing.
 */
export async function pushIncluded(
  repository: Target,
  artifact: Pushable,
  options: PushOptions = {},
): Promise<void> {
  if (artifact.included === undefined) return;
  await pushMissing(repository, artifact, new Set([digestOf(artifact)]), options);
}

/** Pushes what is missing. Returns the outcome for the manifest itself; `undefined` if it existed. */
async function pushMissing(
  repository: Target,
  artifact: Pushable,
  existing: Set<Digest>,
  { updateReferrers, ...options }: PushManifestOptions,
): Promise<PushedManifest | undefined> {
  const { included = [] } = artifact;
  await addPresent(repository, included, existing, options);
  const missing = [artifact, ...included].filter((one) => !existing.has(digestOf(one)));
  await pushBlobs(
    repository,
    missing.flatMap(({ blobs }) => blobs),
    options,
  );
  let pushed: PushedManifest | undefined;
  for (const step of inSteps<PushableManifest>([artifact, ...included])) {
    // Referrers are pushed even if they exist: an earlier run may have stopped before listing them.
    const due = step.filter((one) => !existing.has(digestOf(one)) || one.subject !== undefined);
    const limits = { concurrency: CONCURRENT_MANIFESTS, signal: options.signal };
    await eachOf(due, limits, async (one, signal) => {
      const own = one === artifact && updateReferrers !== undefined ? { updateReferrers } : {};
      const answer = await pushManifest(repository, one, { ...options, ...own, signal });
      if (one === artifact) pushed = answer;
    });
  }
  return pushed;
}

function digestOf({ manifest }: PushableManifest): Digest {
  return manifest.descriptor.digest;
}

/**
 * Adds the manifests that the registry has. A registry only accepts a manifest together with its blobs.
 */
async function addPresent(
  repository: Pick<Repository, "manifests">,
  manifests: readonly PushableManifest[],
  existing: Set<Digest>,
  { signal }: OperationOptions,
): Promise<void> {
  await eachOf(manifests, { concurrency: CONCURRENT_MANIFESTS, signal }, async (one, either) => {
    const { digest, mediaType } = one.manifest.descriptor;
    const options = { signal: either, accept: [mediaType] };
    const found = await repository.manifests.resolve(digest, options);
    if (found !== undefined) existing.add(digest);
  });
}

/**
 * Pushes only the manifest, by digest or with a tag. If the registry has lost blobs since they were
 * checked, they are sent again.
 */
export async function pushManifest(
  repository: Target,
  artifact: PushableManifest,
  options: PushManifestOptions & { readonly tag?: Tag },
): Promise<PushedManifest> {
  const { signal, tag, observer, updateReferrers } = options;
  const put = (): Promise<PushedManifest> => {
    observer?.phase?.(tag === undefined ? "pushing the manifest" : `tagging ${tag}`);
    return repository.manifests.push(artifact.manifest, { signal, tag, updateReferrers });
  };
  try {
    return await put();
  } catch (error) {
    const missing = missingBlobs(error);
    const blobs = artifact.blobs.filter((blob) => missing.includes(blob.descriptor.digest));
    if (blobs.length === 0) throw error;
    // The registry said that these blobs exist, and now that they do not: send them, once.
    await pushBlobs(repository, blobs, options, { insist: true });
    return put();
  }
}
