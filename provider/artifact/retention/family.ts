import type { Digest } from "../../oci/digest.js";
import type { Suspect } from "./suspect.js";

/**
 * The suspects and their relations. A manifest that is kept keeps others: its children, its subject's
 * referrers, and its own subject, because deleting a subject would delete the referrer as well (Microsoft
 * Learn, "Manage OCI artifacts").
 */
export class Family {
  readonly #suspects: Map<Digest, Suspect>;
  readonly #attached = new Map<Digest, Digest[]>();
  readonly #indexes = new Map<Digest, Digest[]>();
  readonly #kept = new Set<Digest>();

  constructor(suspects: Map<Digest, Suspect>) {
    this.#suspects = suspects;
    for (const one of suspects.values()) this.#relate(one);
  }

  /** Adds a suspect that was found later. */
  add(one: Suspect): void {
    this.#suspects.set(one.manifest.digest, one);
    this.#relate(one);
    const { digest } = one.manifest;
    const kept = (other: Digest): boolean => this.#kept.has(other);
    const bound = [...one.subjects, ...this.indexesOf(digest), ...this.attachedTo(digest)];
    if (one.pinned || one.staying || bound.some(kept)) this.protect(digest);
  }

  /** Keeps a manifest, and all that it needs. */
  protect(digest: Digest): void {
    const waiting = [digest];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const one = this.#suspects.get(next);
      if (one === undefined || this.#kept.has(next)) continue;
      this.#kept.add(next);
      waiting.push(...one.children, ...this.attachedTo(next));
      if (one.ownSubject !== undefined) waiting.push(one.ownSubject);
    }
  }

  isKept(digest: Digest): boolean {
    return this.#kept.has(digest);
  }

  /** The manifests that would be deleted as things stand. */
  doomed(): readonly Suspect[] {
    return [...this.#suspects.values()].filter(({ manifest }) => !this.#kept.has(manifest.digest));
  }

  /** Suspects with this manifest as their subject. */
  attachedTo(digest: Digest): readonly Digest[] {
    return this.#attached.get(digest) ?? [];
  }

  /** Suspects with this manifest as a child. */
  indexesOf(digest: Digest): readonly Digest[] {
    return this.#indexes.get(digest) ?? [];
  }

  #relate({ manifest: { digest }, subjects, children }: Suspect): void {
    for (const subject of subjects) append(this.#attached, subject, digest);
    for (const child of children) append(this.#indexes, child, digest);
  }
}

function append(lists: Map<Digest, Digest[]>, key: Digest, item: Digest): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else if (!list.includes(item)) list.push(item);
}
