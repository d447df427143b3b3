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
import { incompleteManifestError } from "../../artifact/tags.js";
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
  /** The manifest, which exists by digest, and the blobs to send again if they are lost. */
  readonly content: PushableManifest;
  readonly operation: Operation;
  readonly report?: UploadReport;
  readonly plan: TagPlan;
  /** Locks from our own state on tags that are about to move. */
  readonly ownLocks: readonly OwnLock[];
  /** The declared tags that another resource of the program had until now. */
  readonly passed: readonly PassedTag[];
}

/**
 * Whether a failed put may have succeeded. Without an answer it may have; and a lock that was not there
 * before may come from a concurrent run that publishes the same.
 */
function mayBeThere(error: unknown): boolean {
  return !isRefusal(error) || hasCode(error, "LOCKED");
}

/** Sets tags on the manifest. The stack's own lock on a tag to be moved is opened first. */
export class TagPuts {
  readonly #parts: TagPutParts;
  /**
   * What we locked on a tag to be moved: the attributes that are closed now, and those that our lock
   * names.
   */
  readonly #closed = new Map<
    Tag,
    { readonly now: NamedAttributes; readonly lock: NamedAttributes }
  >();
  /** Tags that may name the manifest: no answer confirmed it, or their lock is not set again yet. */
  readonly #unsure = new Set<Tag>();
  #sent = false;

  constructor(parts: TagPutParts) {
    this.#parts = parts;
  }

  /** Whether a tag may name the manifest although this is not confirmed. */
  get isUnsure(): boolean {
    return this.#unsure.size > 0;
  }

  /** Whether a put was sent, so that our lock on the tag was opened. */
  get sent(): boolean {
    return this.#sent;
  }

  /**
   * Checks that the tags to move are not locked, except by the stack: by the lock that this resource, or
   * the former owner of the tag, set while the tag named its present digest. Nothing is written before.
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
    const { repository, content, inputs, operation, report } = this.#parts;
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
        throw incompleteManifestError(`${baseOf(inputs)}:${tag}`, inputs.digest, error);
      }
    }
    // A failed run may have opened the tag before, so the live attributes do not show what was locked.
    await this.closeForOthers(tag, lock);
    this.#unsure.delete(tag);
  }

  /** Whether the tag names the manifest. This shows if a put succeeded, whoever sent it. */
  async #isThere(tag: Tag): Promise<boolean> {
    const { repository, inputs, operation } = this.#parts;
    try {
      const live = await repository.manifests.resolve(tag, operation);
      return live?.digest === inputs.digest;
    } catch {
      // The failure that led here is what is reported.
      return false;
    }
  }

  /** Sets the attributes of `lock` again that another resource locks as well, and that we do not set ourselves. */
  async closeForOthers(tag: Tag, lock: NamedAttributes): Promise<void> {
    const { host, inputs, repository, operation } = this.#parts;
    const opened = { host, urn: inputs.__urn, base: baseOf(inputs), tag };
    const closed = without(closedBy(lock), inputs.lock ?? {});
    await closeForOthers(repository.attributes, opened, closed, operation);
  }
}
