import type { Blob } from "../oci/blob.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { EncodedManifest } from "../oci/manifest.js";
import type { Tag } from "../oci/reference.js";
import { missingBlobs } from "../registry/refusal.js";
import type { PushOutcome, Repository } from "../registry/repository.js";

/** Blobs in flight at once; ORAS sends five, ggcr four: more only moves the wait to the registry. */
const CONCURRENT_BLOBS = 4;

/** Is told how far a push has come; all of it is optional, and nothing depends on it. */
export interface PushObserver {
  /** What is being done from now on, as a user would say it: `uploading`, `pushing the manifest`. */
  phase?(what: string): void;
  /** Blobs, each once, that are now looked for and sent where they are missing. */
  expected?(blobs: readonly Descriptor[]): void;
  /** Bytes of this blob that are on their way; a blob that is sent again starts again at none. */
  progress?(blob: Descriptor, sentBytes: number): void;
  blobPushed?(blob: Descriptor, outcome: PushOutcome): void;
}

export interface PushOptions {
  readonly signal?: AbortSignal;
  readonly observer?: PushObserver;
}

/** What the registry did with the manifest's subject, if it has one. */
export type PushedManifest = Awaited<ReturnType<Repository["manifests"]["push"]>>;

/** Content and the manifest that names it. */
export interface Pushable {
  readonly blobs: readonly Blob[];
  readonly manifest: EncodedManifest;
}

/**
 * Publishes by digest: every blob first, each digest once, then the manifest. A tag is the commit
 * point, so nothing that can be pulled by name ever names missing content.
 */
export async function pushArtifact(
  repository: Pick<Repository, "blobs" | "manifests">,
  artifact: Pushable,
  options: PushOptions & { readonly updateReferrers?: boolean } = {},
): Promise<PushedManifest> {
  await pushBlobs(repository, artifact.blobs, options);
  return pushManifest(repository, artifact, options);
}

/**
 * The manifest alone, by digest or under a tag. Blobs that the registry has lost since they were
 * looked for are sent again.
 */
export async function pushManifest(
  repository: Pick<Repository, "blobs" | "manifests">,
  artifact: Pushable,
  options: PushOptions & { readonly tag?: Tag; readonly updateReferrers?: boolean },
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
    await pushBlobs(repository, blobs, options, false);
    return put();
  }
}

export async function pushBlobs(
  repository: Pick<Repository, "blobs">,
  blobs: readonly Blob[],
  { signal, observer }: PushOptions,
  askFirst = true,
): Promise<void> {
  const waiting = [...new Map(blobs.map((blob) => [blob.descriptor.digest, blob])).values()];
  observer?.phase?.("uploading");
  observer?.expected?.(waiting.map(({ descriptor }) => descriptor));
  // One failure ends the others: nothing is to be sent for an artifact that cannot be completed.
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const worker = async (): Promise<void> => {
    for (let blob = waiting.shift(); blob !== undefined; blob = waiting.shift()) {
      const current = blob;
      const outcome = await repository.blobs.push(current, {
        signal: either,
        ...(askFirst ? {} : { askFirst }),
        onProgress: (sent) => observer?.progress?.(current.descriptor, sent),
      });
      observer?.blobPushed?.(current.descriptor, outcome);
    }
  };
  const workers = Array.from({ length: Math.min(CONCURRENT_BLOBS, waiting.length) }, () =>
    worker().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw firstCause(results);
}

/** The failure that began it, not one of the aborts that it caused. */
function firstCause(results: readonly PromiseSettledResult<void>[]): unknown {
  const reasons: unknown[] = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  return reasons.find((reason) => !isAbort(reason)) ?? reasons[0];
}

function isAbort(reason: unknown): boolean {
  return reason instanceof Error && "code" in reason && reason.code === "ABORTED";
}
