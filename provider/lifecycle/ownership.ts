import type { NamedAttributes } from "../artifact/lock.js";
import type { Digest } from "../oci/digest.js";

/** What a resource declares or owns: one manifest in one repository, and tags that name it. */
export interface Claim {
  /** `<login server>/<repository>` */
  readonly repository: string;
  /** The manifest that it publishes; absent: it names only what others publish. */
  readonly digest?: Digest;
  /** Manifests that it names and does not publish: they are to stay as long as it. */
  readonly uses?: readonly Digest[];
  /** Digest that each tag names, as last seen. */
  readonly tags: Readonly<Record<string, string>>;
  /** Beside its own manifest, what the resource has put its tags on, or may have. */
  readonly putOn?: readonly string[];
  /** Attributes that the resource itself closed on its tags and manifest; absent: no lock of its own. */
  readonly lock?: NamedAttributes;
  /** Locks of earlier versions, on tags that were yet to move when an operation failed. */
  readonly formerLocks?: readonly OwnLock[];
  readonly onReplace?: "retain" | "delete";
}

/** A lock that we put on tags while they named this digest; on other content a lock is not ours. */
export interface OwnLock {
  readonly digest: string;
  readonly lock: NamedAttributes;
}

/** A resource, and what its state owned when this run began. */
export interface FormerOwner {
  readonly urn: string;
  readonly claim: Claim;
}

/** Why the engine deletes an id. */
export type DeleteReason =
  /** The resource is gone from the program, or the stack is destroyed. */
  | "removal"
  /** The resource is still declared, with other content or elsewhere. */
  | "replacement"
  /** The very same content is still declared: what is deleted is a second record of it. */
  | "still-declared";

/**
 * What this host process has been told of who owns what. The engine gives `create` of a replacement
 * no old state, and `delete` no new one; yet a tag must move from the old to the new, and what is
 * still declared must never be deleted. `check` and `diff` record it here. A destroy calls neither,
 * with or without the program, so that in it nothing counts as declared.
 */
export class Ownership {
  readonly #declared = new Map<string, Claim>();
  readonly #owned = new Map<string, Claim>();
  readonly #published = new Map<string, Claim>();
  readonly #renamed = new Map<string, string>();

  /** `check`: the program declares this. */
  declare(urn: string, claim: Claim): void {
    this.#declared.set(urn, claim);
  }

  /** `diff`: the state of this resource owns that. */
  own(urn: string, claim: Claim): void {
    this.#owned.set(urn, claim);
  }

  /** `create`: this is there now, and what came along with it is known. */
  publish(urn: string | undefined, claim: Claim): void {
    if (urn !== undefined) this.#published.set(urn, claim);
  }

  /** `diff`: the state of `id` has the resource under another name, which nothing but an update changes. */
  rename(id: string, oldUrn: unknown, urn: unknown): void {
    if (typeof oldUrn !== "string" || typeof urn !== "string" || oldUrn === urn) return;
    this.#renamed.set(renameKey(oldUrn, id), urn);
  }

  /** URN under which the program knows the resource of a state that is to be deleted. */
  currentUrn(oldUrn: unknown, id: string): string {
    const urn = typeof oldUrn === "string" ? oldUrn : "";
    return this.#renamed.get(renameKey(urn, id)) ?? urn;
  }

  /** Another resource that declares the same manifest, where no tag in the registry tells of one of the two. */
  untaggedTwin(urn: string, claim: Claim): string | undefined {
    const isUntagged = ({ tags }: Claim): boolean => Object.keys(tags).length === 0;
    for (const [other, declared] of this.#declared) {
      if (other === urn || claim.digest === undefined || !sameContent(declared, claim)) continue;
      if (isUntagged(declared)) return other;
      if (isUntagged(claim)) return urn;
    }
    return undefined;
  }

  /** What the state of this resource owns in the repository, if `diff` was told. */
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

  /** The resource that declares this tag, and what the tag is going to name. */
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
    return [...this.#declared]
      .filter(([other, claim]) => other !== urn && claim.repository === repository)
      .map(([, claim]) => claim);
  }

  /** URN of a resource that is declared, and cannot do without this manifest. */
  userOf(repository: string, digest: Digest): string | undefined {
    for (const [urn, claim] of this.#declared) {
      if (claim.repository === repository && this.#usesOf(urn, claim).includes(digest)) return urn;
    }
    return undefined;
  }

  /** URN of a resource that is declared, and publishes this manifest or cannot do without it. */
  holderOf(repository: string, digest: Digest): string | undefined {
    for (const [urn, claim] of this.#declared) {
      if (claim.repository === repository && claim.digest === digest) return urn;
    }
    return this.userOf(repository, digest);
  }

  /** What comes along with copied content is known only from a state of the same content. */
  #usesOf(urn: string, claim: Claim): readonly Digest[] {
    const states = [this.#published.get(urn), this.#owned.get(urn)];
    const known = states.find((state) => state !== undefined && sameContent(state, claim));
    return claim.uses ?? known?.uses ?? [];
  }

  /** The resource that owned this tag and declares it no longer: another one may take it over. */
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
   * Another resource that declares this tag; a mistake in the program even for the same content,
   * since the one that drops it later would take it from the other.
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

/** Another resource may have taken the old name since, so the name alone does not tell. */
function renameKey(oldUrn: string, id: string): string {
  return `${id} ${oldUrn}`;
}

function sameContent(a: Claim, b: Claim): boolean {
  return a.repository === b.repository && a.digest === b.digest;
}

/**
 * What a resource with this claim knows a tag of its own by: what it saw last, or what it may have put the
 * tag on since. On anything else somebody else has put it.
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

/** Every lock that a resource with this claim has put on its tags. */
export function ownLocksOf(claim: Claim | undefined): readonly OwnLock[] {
  const { digest, lock, formerLocks = [] } = claim ?? {};
  return digest === undefined || lock === undefined
    ? formerLocks
    : [{ digest, lock }, ...formerLocks];
}
