import { type NamedAttributes, namesOf } from "../artifact/lock.js";

/** Attributes by the full reference of the tag or manifest that had them. */
type Found = Readonly<Record<string, NamedAttributes>>;

/**
 * Which resource of the program holds the attributes of which tag or manifest, and what was found
 * there before the first of them came. Two TagLocks on tags of one manifest share its lock: the
 * first to go must not open it, and the last must put back what was there at first.
 */
export class LockOwnership {
  /** By URN, what `check` was told; a refresh or destroy calls no `check`, so there it is empty. */
  readonly #declared = new Map<string, string>();
  /** By URN, what its state has set, the manifest of a locked tag included. */
  readonly #held = new Map<string, readonly string[]>();
  readonly #previous = new Map<string, NamedAttributes>();

  /** `check`: the program declares the attributes of this reference. */
  declare(urn: string, reference: string): void {
    this.#declared.set(urn, reference);
  }

  /** What a state found; of each attribute, the first to tell is the oldest. */
  remember(previous: Found): void {
    for (const [reference, attributes] of Object.entries(previous)) {
      this.#previous.set(reference, { ...attributes, ...this.#previous.get(reference) });
    }
  }

  /** The resource has set, and goes on setting, attributes of these. */
  hold(urn: unknown, previous: Found): void {
    this.remember(previous);
    if (typeof urn === "string") this.#held.set(urn, Object.keys(previous));
  }

  /**
   * The values to put back one day: what was found before any resource of this program changed them,
   * as far as that is known, else what is there now.
   */
  previousOf(reference: string, live: NamedAttributes): NamedAttributes {
    const known = this.#previous.get(reference) ?? {};
    return Object.fromEntries(namesOf(live).map((name) => [name, known[name] ?? live[name]]));
  }

  /** URN of a resource of the program, other than the one named, that holds the reference. */
  holder(reference: string, except?: unknown): string | undefined {
    for (const [urn, declared] of this.#declared) {
      if (urn === except) continue;
      if (declared === reference || this.#held.get(urn)?.includes(reference) === true) return urn;
    }
    return undefined;
  }

  /** Who holds a lock that is not the caller's, for an error. */
  holderOf(reference: string): string {
    const urn = this.holder(reference);
    return urn === undefined
      ? "somebody else (`az acr repository show` tells its attributes, `az acr repository update` opens it)"
      : `${urn}: remove or change that resource first`;
  }
}
