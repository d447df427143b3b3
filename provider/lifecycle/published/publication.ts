import { unlistedDrift } from "../../artifact/drift.js";
import { ensureListed, listReferrer } from "../../artifact/referrer.js";
import type { PushedManifest } from "../../artifact/push.js";
import type { NamedAttributes } from "../../artifact/lock.js";
import { findLostTags, lostTagError } from "../../artifact/tags.js";
import type { ManifestReference, Tag } from "../../oci/reference.js";
import type { OwnLock } from "../ownership.js";
import { openPassedTags } from "../passedTags.js";
import type { ArtifactInputs } from "./inputs.js";
import { writeOwnAttributes } from "./ownAttributes.js";
import { baseOf, type LiveView, tagsOf } from "./state.js";
import { type TagPutParts, TagPuts } from "./tagPuts.js";

export interface PublicationParts extends TagPutParts {
  /** The digests that the declared tags name now. */
  readonly live: ReadonlyMap<string, string>;
  /** The tags and manifest that the declared lock still has to be set on. */
  readonly lockSubjects: readonly ManifestReference[];
  /** Tags that a failed run has moved and may have left unlocked. */
  readonly leftOpen?: readonly LeftOpen[];
}

export interface LeftOpen {
  readonly tag: Tag;
  /** The lock that it had before the move. */
  readonly lock: NamedAttributes;
}

/**
 * Whether the subject lists a manifest, as far as known. `listed`: it does, or there is no subject;
 * `unlisted`: the manifest was just pushed, and the registry does not index it.
 */
export type Listing = "listed" | "unlisted" | "unknown";

/** For a manifest that existed before, it is unknown whether its subject lists it. */
export function listingOf(
  { subject }: Pick<ArtifactInputs, "subject">,
  pushed: PushedManifest | undefined,
): Listing {
  if (subject === undefined) return "listed";
  if (pushed === undefined) return "unknown";
  return pushed.subjectIndexed ? "listed" : "unlisted";
}

/**
 * Leads from a manifest that exists by digest to the declared state: sets tags, then locks, then reads
 * back. It always knows its progress, which a partial failure records.
 */
export class Publication {
  readonly #parts: PublicationParts;
  readonly #tagDigests: Map<string, string>;
  readonly #puts: TagPuts;
  #locked: boolean;
  #listed = true;
  #wrote = false;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
    this.#puts = new TagPuts(parts);
    this.#tagDigests = new Map(parts.live);
    this.#locked = parts.lockSubjects.length === 0;
  }

  /** Whether anything was changed in the registry. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** Whether a tag may name the manifest although no answer confirmed it. */
  get isUnsure(): boolean {
    return this.#puts.isUnsure;
  }

  /**
   * Whether a tag was to be put, so that our lock on it was opened, even if the registry then refused.
   */
  get sentTag(): boolean {
    return this.#puts.sent;
  }

  /** Records that the operation is about to change something else of the same resource. */
  noteWrite(): void {
    this.#wrote = true;
  }

  /**
   * Records that these tags are about to be removed, so that it is unknown from now on which of them
   * exist.
   */
  giveUp(tags: readonly Tag[]): void {
    if (tags.length > 0) this.#wrote = true;
    for (const tag of tags) this.#tagDigests.delete(tag);
  }

  /** Locks of ours and of former owners, which must be remembered if the run fails half way. */
  get formerLocks(): readonly OwnLock[] {
    const { ownLocks, passed } = this.#parts;
    const all = [...ownLocks, ...passed.flatMap(({ locks }) => locks)];
    return all.filter(({ digest }, at) => all.findIndex((one) => one.digest === digest) === at);
  }

  /** Checks for locks of others. Nothing is written before. */
  refuseForeignLocks(): Promise<void> {
    return this.#puts.refuseForeignLocks();
  }

  async publish(listing: Listing): Promise<void> {
    await this.#list(listing);
    const { plan, inputs, operation, report, repository, lockSubjects } = this.#parts;
    const tags = [...plan.create, ...plan.move.map(({ tag }) => tag)];
    await this.#openPassed();
    for (const tag of tags) await this.#putTag(tag);
    await this.#closeLeftOpen();
    if (lockSubjects.length > 0) report?.phase("locking");
    for (const subject of lockSubjects) {
      this.#wrote = true;
      await writeOwnAttributes(repository, inputs, subject, inputs.lock ?? {}, operation);
    }
    this.#locked = true;
    await this.#readBack();
  }

  async #closeLeftOpen(): Promise<void> {
    const { leftOpen = [], inputs } = this.#parts;
    for (const { tag, lock } of leftOpen) {
      this.#wrote = true;
      await this.#puts.closeForOthers(tag, lock);
      this.#tagDigests.set(tag, inputs.digest);
    }
  }

  /** A tag that names our digest already may still have the lock of its former owner. */
  async #openPassed(): Promise<void> {
    const { host, repository, inputs, passed, operation } = this.#parts;
    const here = passed.filter(({ tag }) => this.#tagDigests.get(tag) === inputs.digest);
    if (here.some(({ locks }) => locks.length > 0)) this.#wrote = true;
    await openPassedTags(host, repository.attributes, baseOf(inputs), here, operation);
  }

  /**
   * Lists the manifest before any tag names it, so that those who look for referrers of the subject find
   * it.
   */
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

  /**
   * Reads back the tags. One that somebody else took meanwhile is not ours, and must not be recorded as
   * such.
   */
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
    this.#wrote = true;
    await this.#puts.put(tag);
    this.#tagDigests.set(tag, this.#parts.inputs.digest);
  }

  /** The live part of the outputs after a failure: all known tags, and the progress. */
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
