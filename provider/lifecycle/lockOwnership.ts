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
  readonly #declared = new Map<string, Found>();
  /** By URN, what its state has set, the manifest of a locked tag included. */
  readonly #held = new Map<string, Found>();
  readonly #previous = new Map<string, NamedAttributes>();
  readonly #opened = new Set<string>();

  /** `check`: the program declares these attributes of this reference. */
  declare(urn: string, reference: string, attributes: NamedAttributes = {}): void {
    this.#declared.set(urn, { [reference]: attributes });
  }

  /** URN of another resource that declares another value for one of these attributes. */
  rival(urn: string, reference: string, attributes: NamedAttributes): string | undefined {
    for (const [other, declared] of this.#declared) {
      const theirs = declared[reference] ?? {};
      const differs = namesOf(attributes).some(
        (name) => theirs[name] !== undefined && theirs[name] !== attributes[name],
      );
      if (other !== urn && differs) return other;
    }
    return undefined;
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
    if (typeof urn === "string") this.#held.set(urn, previous);
  }

  /**
   * The values to put back one day: what was found before any resource of this program changed them,
   * as far as that is known, else what is there now.
   */
  previousOf(reference: string, live: NamedAttributes): NamedAttributes {
    const known = this.#previous.get(reference) ?? {};
    return Object.fromEntries(namesOf(live).map((name) => [name, known[name] ?? live[name]]));
  }

  /** An artifact's lock was taken off in this run: of who comes later and holds the same, nobody knew then. */
  noteOpened(reference: string): void {
    this.#opened.add(reference);
  }

  wasOpened(reference: string): boolean {
    return this.#opened.has(reference);
  }

  /** URN of a resource of the program that holds attributes of the reference. */
  holder(reference: string, except?: unknown): string | undefined {
    return this.#holders(reference, except)[0]?.urn;
  }

  /**
   * URN of a resource that took the values which one that is going had set for what was there before: it was
   * created in this run, which had not heard of the other one. It may be the replacement of that one.
   */
  heirOf(
    reference: string,
    {
      previous,
      declared,
    }: { readonly previous: NamedAttributes; readonly declared: NamedAttributes },
  ): string | undefined {
    for (const [urn, held] of this.#held) {
      const found = held[reference] ?? {};
      const isInherited = (name: keyof NamedAttributes): boolean =>
        previous[name] !== undefined &&
        previous[name] !== found[name] &&
        found[name] === declared[name];
      if (namesOf(found).some(isInherited)) return urn;
    }
    return undefined;
  }

  /** Of these attributes, those that no resource of the program holds, but for the one named. */
  free(reference: string, attributes: NamedAttributes, except?: unknown): NamedAttributes {
    const held = this.#holders(reference, except).flatMap(({ names }) => names);
    const names = namesOf(attributes).filter((name) => !held.includes(name));
    return Object.fromEntries(names.map((name) => [name, attributes[name]]));
  }

  #holders(reference: string, except: unknown) {
    return [...this.#declared]
      .filter(([urn]) => urn !== except)
      .flatMap(([urn, declared]) => {
        const found = [declared[reference], this.#held.get(urn)?.[reference]];
        const attributes = found.filter((one) => one !== undefined);
        return attributes.length === 0 ? [] : [{ urn, names: attributes.flatMap(namesOf) }];
      });
  }

  /** Who holds a lock that is not the caller's, for an error about what cannot be removed. */
  holderOf(reference: string): string {
    const urn = this.holder(reference);
    return urn === undefined
      ? `${UNKNOWN_HOLDER} (a TagLock that refers to what it locks, or has dependsOn, is deleted first; ${BY_HAND})`
      : `${urn}: remove or change that resource first`;
  }

  /** The same for a tag that cannot be moved: one run moves tags before it removes anything. */
  holderOfMoving(reference: string): string {
    const urn = this.holder(reference);
    const inARunBefore = "in a run of its own, such as `pulumi destroy --target`";
    return urn === undefined
      ? `${UNKNOWN_HOLDER} (remove such a TagLock ${inARunBefore} with its URN; ${BY_HAND})`
      : `${urn}: remove or change that resource first, ${inARunBefore}`;
  }
}

const UNKNOWN_HOLDER =
  "somebody else, or by another resource of this stack, such as a TagLock, that this run has not reached";
const BY_HAND =
  "`az acr repository show` shows the attributes, `az acr repository update` opens it";
