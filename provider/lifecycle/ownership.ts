import type { NamedAttributes } from "../artifact/lock.js";
import type { Digest } from "../oci/digest.js";

/** What a resource declares or owns: one manifest in one repository, and tags on it. */
export interface Claim {
  /** `<login server>/<repository>` */
  readonly repository: string;
  /** The manifest that it publishes; absent if it only refers to manifests of others. */
  readonly digest?: Digest;
  /** Manifests that it refers to without publishing them; they must stay as long as the resource. */
  readonly uses?: readonly Digest[];
  /** The digest that each tag names, as last seen. */
  readonly tags: Readonly<Record<string, string>>;
  /** Further digests that the resource has put its tags on, or may have. */
  readonly putOn?: readonly string[];
  /**
   * Attributes of its tags and manifest that the resource itself set to `false`; absent if it has no
   * lock.
   */
  readonly lock?: NamedAttributes;
  /** Locks of earlier versions, on tags that were not moved yet when an operation failed. */
  readonly formerLocks?: readonly OwnLock[];
  readonly onReplace?: "retain" | "delete";
}

/** A lock that we set on tags while they named this digest. On other content, a lock is not ours. */
export interface OwnLock {
  readonly digest: string;
  readonly lock: NamedAttributes;
}

/** A resource, with what its state owned when this run began. */
export interface FormerOwner {
  readonly urn: string;
  readonly claim: Claim;
}

/** Why the engine deletes an id. */
export type DeleteReason =
  /** The resource was removed from the program, or the stack is destroyed. */
  | "removal"
  /** The resource is still declared, with other content or elsewhere. */
  | "replacement"
  /** The same content is still declared; only a second record of it is deleted. */
  | "still-declared";

/**
 * Which resource declares and owns what, as far as this host process has been told. The engine does not
 * pass the old state to `create` of a replacement, nor the new one to `delete`. But a tag must move from
 * the old to the new, and what is still declared must never be deleted. `check` and `diff` record this
 * here. A destroy calls neither of them, so in a destroy nothing counts as declared.
 */
export class Ownership {
  readonly #declared = new Map<string, Claim>();
  readonly #owned = new Map<string, Claim>();
  readonly #published = new Map<string, Claim>();
  readonly #renamed = new Map<string, string>();

  /** Called by `check`: the program declares this. */
  declare(urn: string, claim: Claim): void {
    this.#declared.set(urn, claim);
  }

  /** Called by `diff`: the state of this resource owns this. */
  own(urn: string, claim: Claim): void {
    this.#owned.set(urn, claim);
  }

  /** Called by `create`: this exists now, and the manifests that came with it are known. */
  publish(urn: string | undefined, claim: Claim): void {
    if (urn !== undefined) this.#published.set(urn, claim);
  }

  /** Called by `diff`: the state of `id` contains an earlier URN, which only an update would change. */
  rename(id: string, oldUrn: unknown, urn: unknown): void {
    if (typeof oldUrn !== "string" || typeof urn !== "string" || oldUrn === urn) return;
    this.#renamed.set(renameKey(oldUrn, id), urn);
  }

  /** The URN by which the program knows the resource of a state that is to be deleted. */
  currentUrn(oldUrn: unknown, id: string): string {
    const urn = typeof oldUrn === "string" ? oldUrn : "";
    return this.#renamed.get(renameKey(urn, id)) ?? urn;
  }

  /**
   * Another resource that declares the same manifest, if no tag in the registry distinguishes the two.
   */
  untaggedTwin(urn: string, claim: Claim): string | undefined {
    const isUntagged = ({ tags }: Claim): boolean => Object.keys(tags).length === 0;
    for (const [other, declared] of this.#declared) {
      if (other === urn || claim.digest === undefined || !sameContent(declared, claim)) continue;
      if (isUntagged(declared)) return other;
      if (isUntagged(claim)) return urn;
    }
    return undefined;
  }

  /** What the state of this resource owns in the repository, if `diff` was called. */
  ownedBy(urn: string | undefined, repository: string): Claim | undefined {
    const claim = this.#owned.get(urn ?? "");
    return claim?.repository === repository ? claim : undefined;
  }

  declaredBy(urn: string): Claim | undefined {
    return this.#declared.get(urn);
  }

  /** Why `delete` is called for a state with this claim. */
  reasonToDelete(urn: string, claim: Claim): DeleteReason {
    const declared = this.#declared.get(urn);
    if (declared === undefined) return "removal";
    return sameContent(declared, claim) ? "still-declared" : "replacement";
  }

  /** The resource that declares this tag, and the digest that the tag will name. */
  declaredTag(
    repository: string,
    tag: string,
  ): { readonly urn: string; readonly digest: string } | undefined {
    for (const [urn, claim] of this.#declared) {
      const digest = claim.repository === repository ? claim.tags[tag] : undefined;
      if (digest !== undefined) return { urn, digest };
    }
    return undefined;
  }

  /** What other resources declare in the same repository. */
  declaredElsewhere(urn: string | undefined, repository: string): readonly Claim[] {
    return this.#elsewhere(urn, repository).map(([, claim]) => claim);
  }

  /** The manifests that other resources publish or need in the same repository. */
  manifestsElsewhere(urn: string | undefined, repository: string): ReadonlySet<string> {
    const used = this.#elsewhere(urn, repository).flatMap(([other, claim]) => {
      const uses = this.#usesOf(other, claim);
      return claim.digest === undefined ? uses : [claim.digest, ...uses];
    });
    return new Set(used);
  }

  #elsewhere(urn: string | undefined, repository: string): readonly [string, Claim][] {
    return [...this.#declared].filter(
      ([other, claim]) => other !== urn && claim.repository === repository,
    );
  }

  /** URN of a declared resource that needs this manifest. */
  userOf(repository: string, digest: Digest): string | undefined {
    for (const [urn, claim] of this.#declared) {
      if (claim.repository === repository && this.#usesOf(urn, claim).includes(digest)) return urn;
    }
    return undefined;
  }

  /** URN of a declared resource that publishes or needs this manifest. */
  holderOf(repository: string, digest: Digest): string | undefined {
    for (const [urn, claim] of this.#declared) {
      if (claim.repository === repository && claim.digest === digest) return urn;
    }
    return this.userOf(repository, digest);
  }

  /** The manifests that come with copied content are only known from a state with the same content. */
  #usesOf(urn: string, claim: Claim): readonly Digest[] {
    const states = [this.#published.get(urn), this.#owned.get(urn)];
    const known = states.find((state) => state !== undefined && sameContent(state, claim));
    return claim.uses ?? known?.uses ?? [];
  }

  /**
   * The resource that owned this tag and no longer declares it, so that another one may take it over.
   */
  formerOwner(repository: string, tag: string): FormerOwner | undefined {
    for (const [urn, claim] of this.#owned) {
      if (claim.repository !== repository || !(tag in claim.tags)) continue;
      const declared = this.#declared.get(urn);
      const keeps = declared?.repository === repository && tag in declared.tags;
      if (!keeps) return { urn, claim };
    }
    return undefined;
  }

  /**
   * Another resource that declares this tag. This is a mistake even for the same content, because the
   * resource that drops the tag later would take it from the other one.
   */
  rivalry(urn: string, claim: Claim, tag: string): string | undefined {
    for (const [other, declared] of this.#declared) {
      if (other === urn || declared.repository !== claim.repository) continue;
      const rival = declared.tags[tag];
      if (rival === undefined) continue;
      const content = rival === claim.tags[tag] ? "" : ", for other content";
      return `${claim.repository}:${tag} is declared by ${other} too${content}`;
    }
    return undefined;
  }
}

/** The URN alone is not enough, because another resource may have taken it since. */
function renameKey(oldUrn: string, id: string): string {
  return `${id} ${oldUrn}`;
}

function sameContent(a: Claim, b: Claim): boolean {
  return a.repository === b.repository && a.digest === b.digest;
}

/**
 * The digests by which a resource with this claim recognises its own tag: the one last seen, and those
 * that it may have put the tag on since. If the tag names another digest, somebody else moved it.
 */
export function knownOf(
  claim: Claim | undefined,
  tag: string,
  live: string | undefined,
): string | undefined {
  const seen = claim?.tags[tag];
  if (claim === undefined || seen === undefined || live === undefined) return seen;
  const { digest, putOn = [] } = claim;
  return live === digest || putOn.includes(live) ? live : seen;
}

/** All locks that a resource with this claim has set on its tags. */
export function ownLocksOf(claim: Claim | undefined): readonly OwnLock[] {
  const { digest, lock, formerLocks = [] } = claim ?? {};
  return digest === undefined || lock === undefined
    ? formerLocks
    : [{ digest, lock }, ...formerLocks];
}
