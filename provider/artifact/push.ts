import { eachOf } from "../concurrency/eachOf.js";
import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import { missingBlobs } from "../registry/refusal.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import { pushBlobs, type PushOptions } from "./pushBlobs.js";
import { inSteps, type Pushable, type PushableManifest } from "./pushable.js";

/** Manifests in flight at once: each is one small request. */
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

/** The registry has the manifest itself, and so its blobs: only what is included and not there is sent. */
export async function pushIncluded(
  repository: Target,
  artifact: Pushable,
  options: PushOptions = {},
): Promise<void> {
  if (artifact.included === undefined) return;
  await pushMissing(repository, artifact, new Set([digestOf(artifact)]), options);
}

/** Answers what became of the manifest itself; `undefined` if it was there. */
async function pushMissing(
  repository: Target,
  artifact: Pushable,
  there: Set<Digest>,
  { updateReferrers, ...options }: PushManifestOptions,
): Promise<PushedManifest | undefined> {
  const { included = [] } = artifact;
  await addPresent(repository, included, there, options);
  const missing = [artifact, ...included].filter((one) => !there.has(digestOf(one)));
  await pushBlobs(
    repository,
    missing.flatMap(({ blobs }) => blobs),
    options,
  );
  let pushed: PushedManifest | undefined;
  for (const step of inSteps<PushableManifest>([artifact, ...included])) {
    // A referrer is put even if it is there: whoever put it may have been stopped before it was listed.
    const due = step.filter((one) => !there.has(digestOf(one)) || one.subject !== undefined);
    const places = { places: CONCURRENT_MANIFESTS, signal: options.signal };
    await eachOf(due, places, async (one, signal) => {
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

/** Adds those that the registry has: a manifest is only ever taken with its blobs. */
async function addPresent(
  repository: Pick<Repository, "manifests">,
  manifests: readonly PushableManifest[],
  there: Set<Digest>,
  { signal }: OperationOptions,
): Promise<void> {
  await eachOf(manifests, { places: CONCURRENT_MANIFESTS, signal }, async (one, either) => {
    const { digest, mediaType } = one.manifest.descriptor;
    const options = { signal: either, accept: [mediaType] };
    const found = await repository.manifests.resolve(digest, options);
    if (found !== undefined) there.add(digest);
  });
}

/**
 * The manifest alone, by digest or under a tag. Blobs that the registry has lost since they were
 * looked for are sent again.
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
    // The registry said that these were there, and now that they are not: send them, once.
    await pushBlobs(repository, blobs, options, { insist: true });
    return put();
  }
}
