import type { NamedAttributes } from "../artifact/lock.js";

/**
 * Which resource of the program holds the attributes of which tag or manifest, and what was found
 * there before the first of them came. Two TagLocks on tags of one manifest share its lock: the
 * first to go must not open it, and the last must put back what was there at first.
 */
export class LockOwnership {
  readonly #holders = new Map<string, Set<string>>();
  readonly #created = new Map<string, string>();
  readonly #previous = new Map<string, NamedAttributes>();

  /** `check`: the program declares the attributes of this reference. */
  declare(urn: string, reference: string): void {
    const holders = this.#holders.get(reference) ?? new Set();
    this.#holders.set(reference, holders.add(urn));
  }

  /** `diff`: the state remembers these values. */
  remember(previous: Readonly<Record<string, NamedAttributes>>): void {
    for (const [reference, attributes] of Object.entries(previous)) {
      if (!this.#previous.has(reference)) this.#previous.set(reference, attributes);
    }
  }

  /** `create` or `update` succeeded. */
  settled(urn: unknown, id: string, previous: Readonly<Record<string, NamedAttributes>>): void {
    this.remember(previous);
    if (typeof urn !== "string") return;
    this.#created.set(urn, id);
    for (const reference of Object.keys(previous)) this.declare(urn, reference);
  }

  /** What was found before any resource of this program changed it, if that is known. */
  previousOf(reference: string): NamedAttributes | undefined {
    return this.#previous.get(reference);
  }

  /** This process has just set these very attributes anew: a delete of the old resource is not a removal. */
  wasCreated(urn: unknown, id: string): boolean {
    return typeof urn === "string" && this.#created.get(urn) === id;
  }

  isHeldByAnother(reference: string, urn: unknown): boolean {
    return [...(this.#holders.get(reference) ?? [])].some((holder) => holder !== urn);
  }

  forget(urn: unknown): void {
    if (typeof urn !== "string") return;
    for (const holders of this.#holders.values()) holders.delete(urn);
  }

  /** Who holds a lock that is not the caller's, for an error. */
  holderOf(reference: string): string {
    const [holder] = this.#holders.get(reference) ?? [];
    return holder === undefined
      ? "somebody else (`az acr repository show` tells its attributes, `az acr repository update` opens it)"
      : `${holder}: remove or change that resource first`;
  }
}
