import {
  closedByUs,
  LOCKED,
  lockedError,
  type NamedAttributes,
  namesOf,
  opened,
  restrict,
  whereSupported,
  without,
} from "../../artifact/lock.js";
import { unlistedDrift } from "../../artifact/drift.js";
import { ensureListed, listReferrer } from "../../artifact/referrer.js";
import type { TagPlan } from "../../artifact/tagPlan.js";
import { type PushedManifest, pushManifest } from "../../artifact/push.js";
import type { PushableManifest } from "../../artifact/pushable.js";
import { findLostTags, lostTagError } from "../../artifact/tags.js";
import type { ManifestReference, Tag } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { Operation } from "../operation.js";
import type { OwnLock } from "../ownership.js";
import { openPassedTags, type PassedTag } from "../passedTags.js";
import { freeOfOthers, referenceTo } from "../sharedLocks.js";
import type { UploadReport } from "../uploadReport.js";
import type { ArtifactInputs } from "./inputs.js";
import { writeOwnAttributes } from "./ownAttributes.js";
import { baseOf, type LiveView, tagsOf } from "./state.js";

export interface PublicationParts {
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
  /** What the declared tags name now. */
  readonly live: ReadonlyMap<string, string>;
  readonly plan: TagPlan;
  /** Locks that our own state put on tags that are about to move. */
  readonly ownLocks: readonly OwnLock[];
  /** Of the declared tags, those that another resource of the program had until now. */
  readonly passed: readonly PassedTag[];
  /** What the declared lock is still to be put on. */
  readonly lockSubjects: readonly ManifestReference[];
}

/**
 * Where a manifest stands in its subject's list of referrers, as far as that is known. `listed`: there,
 * or it has no subject; `unlisted`: it was just pushed, and the registry does not keep the list itself.
 */
export type Listing = "listed" | "unlisted" | "unknown";

/** Of a manifest that was there already, nobody has said whether its subject lists it. */
export function listingOf(
  { subject }: Pick<ArtifactInputs, "subject">,
  pushed: PushedManifest | undefined,
): Listing {
  if (subject === undefined) return "listed";
  if (pushed === undefined) return "unknown";
  return pushed.subjectIndexed ? "listed" : "unlisted";
}

/**
 * From the manifest that is there by digest to the declared state: tags, then locks, then a look at
 * the result. Knows at any moment how far it came, which is what a partial failure records.
 */
export class Publication {
  readonly #parts: PublicationParts;
  readonly #tagDigests: Map<string, string>;
  /** What we closed on a tag that is to move, to be opened before. */
  readonly #ownAttributes = new Map<Tag, NamedAttributes>();
  #locked: boolean;
  #listed = true;
  #wrote = false;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
    this.#tagDigests = new Map(parts.live);
    this.#locked = parts.lockSubjects.length === 0;
  }

  /** Whether anything has been changed in the registry yet. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** Locks of ours and of former owners, which a run that fails half way must not forget. */
  get formerLocks(): readonly OwnLock[] {
    const { ownLocks, passed } = this.#parts;
    const all = [...ownLocks, ...passed.flatMap(({ locks }) => locks)];
    return all.filter(({ digest }, at) => all.findIndex((one) => one.digest === digest) === at);
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
      const ours = closedByUs(found.attributes, own?.lock ?? {});
      if (!found.attributes.writeEnabled && ours.writeEnabled === undefined) {
        const reference = `${baseOf(inputs)}:${tag}`;
        const held = restrict(found.attributes, LOCKED);
        throw lockedError(reference, held, host.locks.holderOf(reference));
      }
      this.#ownAttributes.set(tag, ours);
    }
  }

  async publish(listing: Listing): Promise<void> {
    await this.#list(listing);
    const { plan, inputs, operation, report, repository, lockSubjects } = this.#parts;
    const tags = [...plan.create, ...plan.move.map(({ tag }) => tag)];
    await this.#openPassed();
    for (const tag of tags) await this.#putTag(tag);
    if (lockSubjects.length > 0) report?.phase("locking");
    for (const subject of lockSubjects) {
      this.#wrote = true;
      await writeOwnAttributes(repository, inputs, subject, inputs.lock ?? {}, operation);
    }
    this.#locked = true;
    await this.#readBack();
  }

  /** A tag that names our digest already brings the lock of its former owner along. */
  async #openPassed(): Promise<void> {
    const { host, repository, inputs, passed, operation } = this.#parts;
    const here = passed.filter(({ tag }) => this.#tagDigests.get(tag) === inputs.digest);
    if (here.some(({ locks }) => locks.length > 0)) this.#wrote = true;
    await openPassedTags(host, repository.attributes, baseOf(inputs), here, operation);
  }

  /** Before any tag names it: whoever looks for what refers to the subject finds it. */
  async #list(listing: Listing): Promise<void> {
    const { repository, content, operation, report } = this.#parts;
    if (listing === "listed") return;
    report?.phase("listing it among the referrers of its subject");
    this.#wrote = true;
    this.#listed = false;
    if (listing === "unlisted") await listReferrer(repository, content, operation);
    else await ensureListed(repository, content, operation);
    this.#listed = true;
  }

  /** A tag that somebody else took meanwhile is not ours: the next run must not think so. */
  async #readBack(): Promise<void> {
    const { repository, inputs, operation, report } = this.#parts;
    const { digest } = inputs;
    report?.phase("reading back");
    const lost = await findLostTags(repository, digest, tagsOf(inputs), operation);
    for (const tag of lost.keys()) this.#tagDigests.delete(tag);
    for (const [tag, actual] of lost) {
      throw lostTagError(`${baseOf(inputs)}:${tag}`, digest, actual);
    }
  }

  async #putTag(tag: Tag): Promise<void> {
    const { repository, content, inputs, operation, report } = this.#parts;
    this.#wrote = true;
    const ours = this.#ownAttributes.get(tag) ?? {};
    if (namesOf(ours).length > 0) {
      await repository.attributes.updateTag(tag, opened(ours), operation);
    }
    const { signal } = operation;
    const options = { signal, tag, observer: report, updateReferrers: false };
    await pushManifest(repository, content, options);
    this.#tagDigests.set(tag, inputs.digest);
    await this.#closeForOthers(tag, without(ours, inputs.lock ?? {}));
  }

  /**
   * What we opened to move a tag, and do not close again ourselves, another resource may lock as well. Of
   * one that nobody has heard of yet, it is noted that it is open.
   */
  async #closeForOthers(tag: Tag, closed: NamedAttributes): Promise<void> {
    if (namesOf(closed).length === 0) return;
    const { host, inputs, repository, operation } = this.#parts;
    const base = baseOf(inputs);
    const theirs = without(closed, freeOfOthers(host, inputs.__urn, base, tag, closed));
    if (namesOf(theirs).length === 0) host.locks.noteOpened(referenceTo(base, tag));
    else await repository.attributes.updateTag(tag, theirs, operation);
  }

  /** The live part of the outputs after a failure: every tag that we know of, and how far it came. */
  view(): LiveView {
    const { inputs } = this.#parts;
    const known = [...this.#tagDigests];
    const unlisted = { digest: inputs.digest, subject: inputs.subject?.digest };
    return {
      tags: known.filter(([, digest]) => digest === inputs.digest).map(([tag]) => tag as Tag),
      tagDigests: Object.fromEntries(known),
      lock: this.#locked ? inputs.lock : undefined,
      drift: this.#listed ? [] : unlistedDrift(unlisted, baseOf(inputs)),
    };
  }
}
