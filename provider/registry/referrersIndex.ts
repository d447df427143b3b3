import { ConflictError, hasCode } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import { AcrAttributes } from "./acrAttributes.js";
import { deleteContent } from "./deleteContent.js";
import {
  ABSENT_CODES,
  getManifest,
  type Precondition,
  putManifest,
  type ServedManifest,
} from "./manifestRequests.js";
import { ReferrerBatches } from "./referrerBatches.js";
import { type ChangedIndex, changeIndex, referrersTag } from "./referrersDocument.js";
import { isRegistryError, missingBlobs } from "./refusal.js";
import { traitsOf } from "./registryTraits.js";
import type { AccessOptions, OperationOptions } from "./repository.js";
import type { RepositoryContext } from "./repositoryContext.js";
import { manifestPath } from "./urls.js";

/** Decides how long to wait before checking that a write lasted. Time and randomness are injected. */
export interface LookBack {
  readonly now: () => number;
  readonly random: () => number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Attempts to write. Each one failed because somebody else wrote at the same time; ten in a row are no
 * coincidence.
 */
const WRITES = 10;
/**
 * The shortest wait before checking: other clients may be further away from the registry than we are.
 */
const SHORTEST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/**
 * The list of referrers that clients keep under a tag if the registry does not index subjects
 * (distribution-spec, "Referrers Tag Schema").
 *
 * The specification warns that two clients may overwrite each other's entries. Within one process,
 * changes take turns, and those that wait at the same time are written together. Against other clients,
 * the write is conditional (`If-Match`, which registries may ignore) and is checked afterwards, once
 * everybody who had read the old list has had time to write: after twice the time that our own write
 * took. A client that takes longer and sends no condition can still undo an entry.
 */
export class ReferrersIndex {
  readonly #context: RepositoryContext;
  readonly #lookBack: LookBack;

  constructor(context: RepositoryContext, lookBack: LookBack) {
    this.#context = context;
    this.#lookBack = lookBack;
  }

  /** Makes sure that the list contains the referrer. */
  add(subject: Digest, referrer: Descriptor, options: OperationOptions): Promise<void> {
    return this.#change(subject, referrer.digest, referrer, options);
  }

  /** Makes sure that the list, if it exists, does not contain the referrer. */
  remove(subject: Digest, digest: Digest, options: OperationOptions): Promise<void> {
    return this.#change(subject, digest, undefined, options);
  }

  #change(
    subject: Digest,
    digest: Digest,
    entry: Descriptor | undefined,
    { signal }: OperationOptions,
  ): Promise<void> {
    const tag = referrersTag(subject);
    const apply = (changes: Changes, all: AbortSignal): Promise<void> =>
      this.#apply(tag, changes, all);
    return ReferrerBatches.of(this.#context, tag).submit({ digest, entry }, apply, signal);
  }

  async #apply(tag: Tag, wanted: Changes, signal: AbortSignal): Promise<void> {
    const { transport, repository } = this.#context;
    const reference = `${transport.loginServer}/${repository}:${tag}`;
    const changes = new Map(wanted);
    const replaced = new Set<Digest>();
    for (let writes = 0; writes < WRITES; writes += 1) {
      const started = this.#lookBack.now();
      const current = await getManifest(this.#context, tag, { signal });
      const next = changeIndex(current?.manifest, changes, reference);
      if (next === undefined) return this.#deleteReplaced(tag, replaced, current, signal);
      const old = current?.manifest.descriptor.digest;
      // Deleted by digest: if the tag names another list by now, that one is kept, and the next round
      // reads it.
      if (next.isEmpty && old !== undefined && (await this.#mayDelete(tag, old, signal))) continue;
      const gone = await this.#write(tag, next, current, signal);
      for (const digest of gone) {
        if (wanted.get(digest) !== undefined) throw notThere(reference, digest);
        changes.set(digest, undefined);
      }
      if (gone.length > 0) continue;
      if (old !== undefined) replaced.add(old);
      await this.#pause(this.#lookBack.now() - started, writes, signal);
    }
    throw alwaysOverwritten(reference);
  }

  /**
   * Writes the list. Returns the entries that the registry refuses because their manifests are gone:
   * distribution requires every child of an index to exist. Whether another client wrote in between shows
   * in the check afterwards.
   */
  async #write(
    tag: Tag,
    { manifest }: ChangedIndex,
    current: ServedManifest | undefined,
    signal: AbortSignal,
  ): Promise<readonly Digest[]> {
    const precondition = conditionOf(current);
    try {
      await putManifest(this.#context, manifest, { tag, precondition, signal });
      return [];
    } catch (error) {
      const gone = missingBlobs(error);
      if (gone.length === 0) throw error;
      return gone;
    }
  }

  /** Grows with every write, so that two clients that collided do not collide again. */
  #pause(tookMs: number, writes: number, signal: AbortSignal): Promise<void> {
    const assumed = Math.max(2 * tookMs, SHORTEST_PAUSE_MS);
    const ms = assumed * (1 + (writes + 1) * 0.5 * this.#lookBack.random());
    return this.#lookBack.pause(Math.min(ms, LONGEST_PAUSE_MS), signal);
  }

  /**
   * Deletes lists that no tag names any more, as ORAS does. Without the permission to delete, they stay.
   */
  async #deleteReplaced(
    tag: Tag,
    replaced: ReadonlySet<Digest>,
    current: ServedManifest | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    for (const digest of replaced) {
      if (digest === current?.manifest.descriptor.digest) continue;
      try {
        await this.#mayDelete(tag, digest, signal);
      } catch (error) {
        // Only clean-up failed; the list itself has been written.
        if (!isRegistryError(error)) throw error;
      }
    }
  }

  /**
   * Deletes a list. `false` if that is not permitted, or if the list has another tag, which would be
   * deleted too.
   */
  async #mayDelete(tag: Tag, digest: Digest, signal: AbortSignal): Promise<boolean> {
    const path = manifestPath(this.#context.repository, digest);
    // AcrPush does not include deleting, so waiting for the permission is pointless.
    const options = { signal, waitForAccess: false };
    try {
      if (await this.#hasOtherTag(tag, digest, options)) return false;
      const content = { kind: "manifest" as const, digest, path, absent: ABSENT_CODES };
      await deleteContent(this.#context, content, options);
      return true;
    } catch (error) {
      if (hasCode(error, "DENIED", "UNAUTHORIZED", "UNSUPPORTED", "LOCKED")) return false;
      throw error;
    }
  }

  /** Only ACR tells the tags of a manifest. Elsewhere, nobody is expected to have tagged the list. */
  async #hasOtherTag(tag: Tag, digest: Digest, options: AccessOptions): Promise<boolean> {
    if (traitsOf(this.#context.transport).acr !== true) return false;
    const properties = await new AcrAttributes(this.#context).manifest(digest, options);
    return properties?.tags.some((name) => name !== tag) ?? false;
  }
}

type Changes = ReadonlyMap<string, Descriptor | undefined>;

/** Write only if the list is the one that was read, or still absent (RFC 9110, section 13.1). */
function conditionOf(current: ServedManifest | undefined): Precondition | undefined {
  if (current === undefined) return { "if-none-match": "*" };
  // `If-Match` never matches a weak entity tag.
  return current.etag?.startsWith('"') === true ? { "if-match": current.etag } : undefined;
}

function notThere(reference: string, digest: string): ConflictError {
  return new ConflictError(
    reference,
    `the referrer ${digest} was deleted by somebody else before it was listed in ${reference}. Publish it again`,
  );
}

function alwaysOverwritten(reference: string): ConflictError {
  return new ConflictError(
    reference,
    `${reference}, the list of a manifest's referrers, was overwritten by somebody else ${WRITES} times in a row. The ` +
      `referrer is there, but its subject does not list it. Try again when the other client has finished`,
  );
}
