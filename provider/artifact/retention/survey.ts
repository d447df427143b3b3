import type { Digest } from "../../oci/digest.js";
import type { ManifestProperties } from "../../registry/attributes.js";
import { forbidsDeletion } from "../lock.js";
import { DigestSet } from "../../oci/digestSet.js";
import { splitTags } from "./digestTag.js";
import type { Links, MaybeLinks } from "./links.js";
import { isImage, mayHaveChildren, mayHaveSubject } from "./mediaKinds.js";
import { type Declared, isYoung, judgeTags, reasonToGo, type RetentionRules } from "./rules.js";
import { type Suspect, suspect, type Suspicion } from "./suspect.js";

/**
 * With more kept manifests than this, they are not read to find their subjects; the registry is asked for
 * the victims' referrers instead.
 */
const KEPT_REMEMBERED = 2_000;

/** The children and subject of a manifest, if it has been read. */
export type KnownLinks = (digest: Digest) => MaybeLinks | undefined;

/**
 * Divides the manifests of a repository, newest first, into those that stay and suspects. Of those that
 * stay it keeps only 64 bits each, so memory grows with the suspects rather than the repository. Pure:
 * the caller does the reading.
 */
export class Survey {
  /** All manifests of the listing. */
  readonly present = new DigestSet();
  /** Children and subjects of manifests that stay. */
  readonly needed = new DigestSet();
  /** In the order of the listing: newest first. */
  readonly suspects = new Map<Digest, Suspect>();
  /** Kept indexes that have not been read. */
  readonly unreadIndexes = new Set<Digest>();
  /** Other kept manifests that could have a subject; `undefined` if there are too many. */
  keptOthers: Digest[] | undefined = [];
  /** Indexes that could not be read. */
  readonly unreadable: Digest[] = [];
  /** Number of tags of all manifests, which determines how many pages a listing of them has. */
  tagCount = 0;
  /** Last update of the newest manifest. */
  newestTime = "";
  readonly #rules: RetentionRules;
  readonly #declared: Declared;
  readonly #also: ReadonlySet<string>;
  /** Children of all indexes read so far. */
  readonly #named = new DigestSet();
  readonly #countedUntagged = new DigestSet();
  #counted = 0;
  #miscounted = 0;

  constructor(rules: RetentionRules, declared: Declared, also: ReadonlySet<string>) {
    this.#rules = rules;
    this.#declared = declared;
    this.#also = also;
  }

  get counting(): boolean {
    return this.#rules.keepNewest !== undefined && this.#counted < this.#rules.keepNewest;
  }

  /**
   * How many manifests counted among the newest turned out to be children of an index that came later.
   */
  get miscounted(): number {
    return this.#miscounted;
  }

  isPinned({ digest, attributes }: ManifestProperties): boolean {
    const locked = forbidsDeletion(attributes) && !this.#rules.includeLocked;
    return locked || this.#declared.digest(digest);
  }

  /** Whether it can be placed without knowing the children and subjects of other manifests. */
  isCertain(manifest: ManifestProperties): boolean {
    const { ordinary, subjects } = splitTags(manifest.tags);
    if (ordinary.length === 0 && subjects.length > 0) return true;
    if (this.#also.has(manifest.digest)) return false;
    if (judgeTags(this.#rules, this.#declared, ordinary) === undefined) return true;
    if (this.counting) return ordinary.length > 0;
    return this.isPinned(manifest) || isYoung(this.#rules, manifest.lastUpdateTime);
  }

  /** Whether it must be read to decide if it counts as an image, while the newest are being counted. */
  needsReading(manifest: ManifestProperties): boolean {
    if (mayHaveChildren(manifest)) return true;
    const { digest, tags } = manifest;
    return this.counting && tags.length === 0 && !isImage(manifest) && !this.#named.has(digest);
  }

  /** Records the children of an index that was read early. */
  noteChildren(links: MaybeLinks): void {
    if (links === "unreadable") return;
    for (const child of links.children) {
      if (this.#named.add(child) && this.#countedUntagged.has(child)) this.#miscounted += 1;
    }
  }

  /** Records a manifest that could refer to anything. */
  noteUnreadable(digest: Digest): void {
    this.unreadable.push(digest);
  }

  place(manifest: ManifestProperties, known: KnownLinks): void {
    this.present.add(manifest.digest);
    this.tagCount += manifest.tags.length;
    if (this.newestTime === "") this.newestTime = manifest.lastUpdateTime;
    const links = known(manifest.digest);
    const found = this.#judge(manifest, links);
    if (found === undefined) this.#keep(manifest, links);
    else this.suspects.set(manifest.digest, suspect(manifest, found, links));
  }

  /** Records what a kept manifest refers to. */
  need(digest: Digest, links: MaybeLinks): void {
    this.noteChildren(links);
    if (links === "unreadable") this.noteUnreadable(digest);
    else for (const named of namedBy(links)) this.needed.add(named);
  }

  #judge(manifest: ManifestProperties, links: MaybeLinks | undefined): Suspicion | undefined {
    const { digest, lastUpdateTime } = manifest;
    const { ordinary: tags, subjects } = splitTags(manifest.tags);
    const common = { tags, subjects, amongNewest: this.counting, pinned: this.isPinned(manifest) };
    const unnamed = { expiring: [], staying: false };
    // It is deleted with its subject, so its own age does not matter.
    if (tags.length === 0 && subjects.length > 0) return { ...common, verdict: unnamed };
    if (this.#also.has(digest) && tags.length === 0) {
      return { ...common, verdict: unnamed, reason: "left over from an unfinished run" };
    }
    // A manifest that the program declares stays, but counts among the newest.
    if (judgeTags(this.#rules, NOTHING_DECLARED, tags) === undefined) return undefined;
    const attached = tags.length === 0 && !isImage(manifest) && hasSubject(links);
    if (!attached && this.#isAmongNewest(digest, tags)) return undefined;
    const verdict = judgeTags(this.#rules, this.#declared, tags);
    if (verdict === undefined) return undefined;
    if (common.pinned || (!attached && isYoung(this.#rules, lastUpdateTime))) return undefined;
    // A child of a kept index stays; but tags of its own may expire.
    if (this.needed.has(digest) && this.#rules.expireTags === undefined) return undefined;
    return { ...common, verdict, reason: reasonToGo(this.#rules, tags, verdict) };
  }

  /** An image counts once, by its index, and its children do not; a tagged manifest counts by itself. */
  #isAmongNewest(digest: Digest, tags: readonly string[]): boolean {
    if (!this.counting || (tags.length === 0 && this.#named.has(digest))) return false;
    this.#counted += 1;
    if (tags.length === 0) this.#countedUntagged.add(digest);
    return true;
  }

  #keep(manifest: ManifestProperties, links: MaybeLinks | undefined): void {
    const { digest } = manifest;
    if (links !== undefined) this.need(digest, links);
    else if (mayHaveChildren(manifest)) this.unreadIndexes.add(digest);
    else if (mayHaveSubject(manifest)) this.#rememberKept(digest);
  }

  #rememberKept(digest: Digest): void {
    if (this.keptOthers === undefined) return;
    if (this.keptOthers.length < KEPT_REMEMBERED) this.keptOthers.push(digest);
    else this.keptOthers = undefined;
  }
}

const NOTHING_DECLARED: Declared = { digest: () => false, tag: () => false };

function hasSubject(links: MaybeLinks | undefined): boolean {
  return links !== undefined && links !== "unreadable" && links.subject !== undefined;
}

function namedBy({ children, subject }: Links): readonly Digest[] {
  return subject === undefined ? children : [...children, subject];
}
