import { type NamedAttributes, namesOf } from "../artifact/lock.js";

/** Attributes by the full reference of the tag or manifest that had them. */
type Found = Readonly<Record<string, NamedAttributes>>;

/**
 * Which resource of the program manages which attributes of a tag or manifest, and their values before
 * the first of these resources set them. Two TagLocks on tags of one manifest share its lock: deleting
 * the first must not open it, and deleting the last must restore the original values.
 */
export class LockOwnership {
  /** By URN, what `check` received. A refresh or destroy calls no `check`, so this is empty then. */
  readonly #declared = new Map<string, Found>();
  /** By URN, what its state has set, including the manifest of a locked tag. */
  readonly #held = new Map<string, Found>();
  readonly #previous = new Map<string, NamedAttributes>();
  readonly #opened = new Set<string>();

  /** Called by `check`: the program declares these attributes of the reference. */
  declare(urn: string, reference: string, attributes: NamedAttributes = {}): void {
    this.#declared.set(urn, { [reference]: attributes });
  }

  /** URN of another resource that declares a different value for one of these attributes. */
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

  /**
   * Records the previous values in a state. For each attribute, the first recorded value is the oldest.
   */
  remember(previous: Found): void {
    for (const [reference, attributes] of Object.entries(previous)) {
      this.#previous.set(reference, { ...attributes, ...this.#previous.get(reference) });
    }
  }

  /** Records that the resource has set attributes of these references, and keeps them. */
  hold(urn: unknown, previous: Found): void {
    this.remember(previous);
    if (typeof urn === "string") this.#held.set(urn, previous);
  }

  /**
   * The values to restore later: those from before any resource of this program changed them, if known;
   * otherwise the live ones.
   */
  previousOf(reference: string, live: NamedAttributes): NamedAttributes {
    const known = this.#previous.get(reference) ?? {};
    return Object.fromEntries(namesOf(live).map((name) => [name, known[name] ?? live[name]]));
  }

  /**
   * Records that an artifact's lock was opened in this run, which a resource that later sets the same
   * lock could not know.
   */
  noteOpened(reference: string): void {
    this.#opened.add(reference);
  }

  wasOpened(reference: string): boolean {
    return this.#opened.has(reference);
  }

  /** URN of a resource of the program that manages attributes of the reference. */
  holder(reference: string, except?: unknown): string | undefined {
    return this.#holders(reference, except)[0]?.urn;
  }

  /**
   * URN of a resource created in this run that took the values set by a resource being deleted for the
   * previous ones. It may be the replacement of that resource.
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

  /** The attributes among these that no resource of the program manages, except for the given one. */
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

  /** Names the holder of somebody else's lock, for an error about something that cannot be deleted. */
  holderOf(reference: string): string {
    const urn = this.holder(reference);
    return urn === undefined
      ? `${UNKNOWN_HOLDER} (a TagLock that refers to what it locks, or has dependsOn, is deleted first; ${BY_HAND})`
      : `${urn}: remove or change that resource first`;
  }

  /** The same for a tag that cannot be moved, because a run moves tags before it deletes anything. */
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
