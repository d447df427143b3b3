import type { NamedAttributes } from "../artifact/lock.js";
import type { Digest } from "../oci/digest.js";

/** What a resource declares or owns: one manifest in one repository, and tags that name it. */
export interface Claim {
  /** `<login server>/<repository>` */
  readonly repository: string;
  readonly digest: Digest;
  /** Digest that each tag names, as last seen. */
  readonly tags: Readonly<Record<string, string>>;
  /** Attributes that the resource itself closed on its tags and manifest; absent: no lock of its own. */
  readonly lock?: NamedAttributes;
  readonly onReplace?: "retain" | "delete";
}

/** Why the engine deletes an id. */
export type DeleteReason =
  /** The resource is gone from the program, or the stack is destroyed. */
  | "removal"
  /** The resource is still declared, with other content or elsewhere. */
  | "replacement"
  /** This very process has just created the same id anew: there is nothing to remove. */
  | "recreated";

/**
 * What this host process has been told of who owns what. The engine gives `create` of a replacement
 * no old state, and `delete` no new one; yet a tag must move from the old to the new, and what is
 * still declared must never be deleted. `check`, `diff` and `create` record it here.
 */
export class Ownership {
  readonly #declared = new Map<string, Claim>();
  readonly #owned = new Map<string, Claim>();
  readonly #created = new Map<string, string>();
  readonly #renamed = new Map<string, string>();

  /** `check`: the program declares this. */
  declare(urn: string, claim: Claim): void {
    this.#declared.set(urn, claim);
  }

  /** `diff`: the state of this resource owns this; `oldUrn` differs after a rename with an alias. */
  own(urn: string, claim: Claim, oldUrn: string): void {
    this.#owned.set(urn, claim);
    if (oldUrn !== urn) this.#renamed.set(oldUrn, urn);
  }

  /** `create` or `update` succeeded: from now on the state owns what was declared. */
  settled(urn: string | undefined, claim: Claim, id: string): void {
    if (urn === undefined) return;
    this.#owned.set(urn, claim);
    this.#created.set(urn, id);
  }

  /** `delete` succeeded. */
  forget(urn: string | undefined, reason: DeleteReason): void {
    if (urn !== undefined && reason === "removal") {
      this.#declared.delete(this.#current(urn));
      this.#owned.delete(this.#current(urn));
    }
  }

  /** What the state of this resource owns, if `diff` was told. */
  ownedBy(urn: string | undefined): Claim | undefined {
    return urn === undefined ? undefined : this.#owned.get(urn);
  }

  declaredBy(urn: string | undefined): Claim | undefined {
    return urn === undefined ? undefined : this.#declared.get(this.#current(urn));
  }

  /** Why `delete` is called for `id`, the claim of the state being deleted. */
  reasonToDelete(urn: string | undefined, id: string, claim: Claim): DeleteReason {
    if (urn === undefined) return "removal";
    const current = this.#current(urn);
    const declared = this.#declared.get(current);
    if (declared === undefined) return "removal";
    if (!sameContent(declared, claim)) return "replacement";
    return this.#created.get(current) === id ? "recreated" : "removal";
  }

  /** Other declared resources, apart from the one named. */
  declaredElsewhere(urn: string | undefined, repository: string): readonly Claim[] {
    const current = urn === undefined ? undefined : this.#current(urn);
    return [...this.#declared]
      .filter(([other, claim]) => other !== current && claim.repository === repository)
      .map(([, claim]) => claim);
  }

  /** URN of another resource that declares this tag for other content; a mistake in the program. */
  rivalFor(urn: string, claim: Claim, tag: string): string | undefined {
    for (const [other, declared] of this.#declared) {
      if (other === urn || declared.repository !== claim.repository) continue;
      if (declared.digest !== claim.digest && tag in declared.tags) return other;
    }
    return undefined;
  }

  #current(urn: string): string {
    return this.#renamed.get(urn) ?? urn;
  }
}

function sameContent(a: Claim, b: Claim): boolean {
  return a.repository === b.repository && a.digest === b.digest;
}
