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
  /** What the declared tags name now. */
  readonly live: ReadonlyMap<string, string>;
  /** What the declared lock is still to be put on. */
  readonly lockSubjects: readonly ManifestReference[];
  /** Tags that a run which failed has moved and may have left open. */
  readonly leftOpen?: readonly LeftOpen[];
}

export interface LeftOpen {
  readonly tag: Tag;
  /** What was on it before it was moved. */
  readonly lock: NamedAttributes;
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

  /** Whether anything has been changed in the registry yet. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** Whether a tag may name the manifest, although no answer said so. */
  get isUnsure(): boolean {
    return this.#puts.isUnsure;
  }

  /** Whether a tag was to be put, and what we had closed on it is open, be it that the registry refused. */
  get sentTag(): boolean {
    return this.#puts.sent;
  }

  /** The operation is about to change something else of the same resource. */
  noteWrite(): void {
    this.#wrote = true;
  }

  /** These tags are about to be taken away: from now on nobody knows which of them are there. */
  giveUp(tags: readonly Tag[]): void {
    if (tags.length > 0) this.#wrote = true;
    for (const tag of tags) this.#tagDigests.delete(tag);
  }

  /** Locks of ours and of former owners, which a run that fails half way must not forget. */
  get formerLocks(): readonly OwnLock[] {
    const { ownLocks, passed } = this.#parts;
    const all = [...ownLocks, ...passed.flatMap(({ locks }) => locks)];
    return all.filter(({ digest }, at) => all.findIndex((one) => one.digest === digest) === at);
  }

  /** Nothing is written before. */
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
    this.#wrote = true;
    await this.#puts.put(tag);
    this.#tagDigests.set(tag, this.#parts.inputs.digest);
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
