import {
  closedBy,
  closedByUs,
  LOCKED,
  lockedError,
  type NamedAttributes,
  namesOf,
  opened,
  restrict,
  whereSupported,
  without,
  writeAttributesIfThere,
} from "../../artifact/lock.js";
import { pushManifest } from "../../artifact/push.js";
import type { PushableManifest } from "../../artifact/pushable.js";
import type { TagPlan } from "../../artifact/tagPlan.js";
import { hasCode } from "../../errors.js";
import type { Tag } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import { isRefusal } from "../failures.js";
import type { Host } from "../host.js";
import type { Operation } from "../operation.js";
import type { OwnLock } from "../ownership.js";
import type { PassedTag } from "../passedTags.js";
import type { UploadReport } from "../uploadReport.js";
import { closeForOthers } from "./closeForOthers.js";
import type { ArtifactInputs } from "./inputs.js";
import { baseOf } from "./state.js";

export interface TagPutParts {
  readonly host: Host;
  readonly inputs: Pick<
    ArtifactInputs,
    "__urn" | "registry" | "repository" | "digest" | "tags" | "lock" | "subject"
  >;
  readonly repository: Repository;
  /** The manifest that is there by digest, and the blobs to send again should it be lost. */
  readonly content: PushableManifest;
  readonly operation: Operation;
  readonly report?: UploadReport;
  readonly plan: TagPlan;
  /** Locks that our own state put on tags that are about to move. */
  readonly ownLocks: readonly OwnLock[];
  /** Of the declared tags, those that another resource of the program had until now. */
  readonly passed: readonly PassedTag[];
}

/**
 * After a put that failed: one without an answer may have been done, and a lock that was not there before
 * may be that of another run that publishes the same at the same time.
 */
function mayBeThere(error: unknown): boolean {
  return !isRefusal(error) || hasCode(error, "LOCKED");
}

/** Puts tags on the manifest; what the stack itself has closed on one that is to move is opened before. */
export class TagPuts {
  readonly #parts: TagPutParts;
  /** What we closed on a tag that is to move: as far as it is closed now, and as our lock says. */
  readonly #closed = new Map<
    Tag,
    { readonly now: NamedAttributes; readonly lock: NamedAttributes }
  >();
  /** Tags that may name the manifest by now: no answer said so, or they are not closed again yet. */
  readonly #unsure = new Set<Tag>();
  #sent = false;

  constructor(parts: TagPutParts) {
    this.#parts = parts;
  }

  /** Whether a tag may name the manifest, although that is not known. */
  get isUnsure(): boolean {
    return this.#unsure.size > 0;
  }

  /** Whether a put was sent, so that what we had closed on the tag was opened. */
  get sent(): boolean {
    return this.#sent;
  }

  /**
   * A tag that is to move must not be locked, except by the stack: by the lock that we, or the resource
   * that had it, put on it while it named what it names now. Nothing is written before.
   */
  async refuseForeignLocks(): Promise<void> {
    const { repository, inputs, plan, ownLocks, passed, host, operation } = this.#parts;
    for (const { tag, from } of plan.move) {
      const found = await whereSupported(repository.attributes.tag(tag, operation), undefined);
      if (found === undefined) continue;
      const former = passed.find((one) => one.tag === tag)?.locks ?? [];
      const own = [...ownLocks, ...former].find(({ digest }) => digest === from);
      const lock = own?.lock ?? {};
      const ours = closedByUs(found.attributes, lock);
      if (!found.attributes.writeEnabled && ours.writeEnabled === undefined) {
        const reference = `${baseOf(inputs)}:${tag}`;
        const held = restrict(found.attributes, LOCKED);
        throw lockedError(reference, held, host.locks.holderOfMoving(reference));
      }
      this.#closed.set(tag, { now: ours, lock });
    }
  }

  async put(tag: Tag): Promise<void> {
    const { repository, content, operation, report } = this.#parts;
    const { now = {}, lock = {} } = this.#closed.get(tag) ?? {};
    if (namesOf(now).length > 0) {
      await writeAttributesIfThere(repository.attributes, tag, opened(now), operation);
    }
    const { signal } = operation;
    const options = { signal, tag, observer: report, updateReferrers: false };
    this.#unsure.add(tag);
    this.#sent = true;
    try {
      await pushManifest(repository, content, options);
    } catch (error) {
      if (!mayBeThere(error) || !(await this.#isThere(tag))) {
        if (isRefusal(error)) this.#unsure.delete(tag);
        throw error;
      }
    }
    // A run that failed may have opened the tag before this one: what is open now tells nothing.
    await this.closeForOthers(tag, lock);
    this.#unsure.delete(tag);
  }

  /** Of a put that may have been done, by us or by others, the tag itself tells. */
  async #isThere(tag: Tag): Promise<boolean> {
    const { repository, inputs, operation } = this.#parts;
    try {
      const live = await repository.manifests.resolve(tag, operation);
      return live?.digest === inputs.digest;
    } catch {
      // What is told is the failure that made it necessary to look.
      return false;
    }
  }

  /** Another resource may lock what we opened and do not close again ourselves, and `lock` had closed as well. */
  async closeForOthers(tag: Tag, lock: NamedAttributes): Promise<void> {
    const { host, inputs, repository, operation } = this.#parts;
    const opened = { host, urn: inputs.__urn, base: baseOf(inputs), tag };
    const closed = without(closedBy(lock), inputs.lock ?? {});
    await closeForOthers(repository.attributes, opened, closed, operation);
  }
}
