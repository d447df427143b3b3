import { eachOf } from "../concurrency/eachOf.js";
import { limit } from "../concurrency/limit.js";
import { hasCode } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { BlobStore, PushOutcome, Repository } from "../registry/repository.js";
import type { PushableBlob } from "./pushable.js";

/** Concurrent blobs. ORAS sends five, ggcr four; more would only wait at the registry. */
const CONCURRENT_BLOBS = 4;

/** Blobs that this process streams from one registry to another; each needs two connections. */
const relayed = limit(8);

/** Callbacks for the progress of a push. Each is optional. */
export interface PushObserver {
  /** The phase that begins, in words for users: `uploading`, `pushing the manifest`. */
  phase?(what: string): void;
  /** The blobs, each once, that will be sent unless they exist. */
  expected?(blobs: readonly Descriptor[]): void;
  /** Bytes of this blob sent so far; starts again at 0 when the blob is sent again. */
  progress?(blob: Descriptor, sentBytes: number): void;
  /** The blob is in the repository now. */
  blobPushed?(blob: Descriptor, outcome: PushOutcome): void;
}

export interface PushOptions {
  readonly signal?: AbortSignal;
  readonly observer?: PushObserver;
}

/**
 * Uploads the missing blobs, each digest once. `insist`: send them without asking, since the registry has
 * just said that it lacks them.
 */
export async function pushBlobs(
  repository: Pick<Repository, "blobs">,
  blobs: readonly PushableBlob[],
  { signal, observer }: PushOptions,
  { insist = false }: { readonly insist?: boolean } = {},
): Promise<void> {
  const wanted = insist ? blobs : blobs.filter(({ optional }) => optional !== true);
  const once = [...new Map(wanted.map((blob) => [blob.descriptor.digest, blob])).values()];
  observer?.phase?.("uploading");
  observer?.expected?.(once.map(({ descriptor }) => descriptor));
  // One failure stops the others, because the artifact cannot be completed.
  await eachOf(once, { concurrency: CONCURRENT_BLOBS, signal }, async (blob, either) => {
    const report = { ...(observer === undefined ? {} : { observer }), signal: either };
    const outcome = await pushBlob(repository.blobs, blob, report, insist);
    observer?.blobPushed?.(blob.descriptor, outcome);
  });
}

async function pushBlob(
  store: BlobStore,
  blob: PushableBlob,
  { signal, observer }: PushOptions & { readonly signal: AbortSignal },
  insist: boolean,
): Promise<PushOutcome> {
  if (!insist && (await isMounted(store, blob, signal))) return "mounted";
  const askFirst = insist ? false : blob.remote;
  const push = (): Promise<PushOutcome> =>
    store.push(blob, {
      signal,
      ...(askFirst === undefined ? {} : { askFirst }),
      onProgress: (sent) => observer?.progress?.(blob.descriptor, sent),
    });
  return blob.remote === true ? relayed(push) : push();
}

/**
 * Tries to mount the blob. If this identity may not read the other repository there, the blob is sent
 * instead.
 */
async function isMounted(
  store: BlobStore,
  { descriptor, mountFrom }: PushableBlob,
  signal: AbortSignal,
): Promise<boolean> {
  if (mountFrom === undefined) return false;
  try {
    return await store.mount(descriptor.digest, mountFrom, { signal, waitForAccess: false });
  } catch (error) {
    if (hasCode(error, "UNAUTHORIZED", "DENIED")) return false;
    throw error;
  }
}
