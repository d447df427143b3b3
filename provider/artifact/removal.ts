import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";
import type { NamedAttributes } from "./lock.js";

/** What is to be taken away. */
export interface Removal {
  readonly digest: Digest;
  /** Tags of ours; each goes only if it still names our digest. */
  readonly tags: readonly Tag[];
  /** Another declaration names the same manifest: it stays. */
  readonly stillDeclared: boolean;
  /** A resource that is still declared, and names the manifest: it stays. */
  readonly usedBy?: string;
  /** Only the tags are to go (`onDelete: "untag"`). */
  readonly untagOnly: boolean;
  /** Attributes that we closed ourselves on our tags, and may therefore open. */
  readonly lock: NamedAttributes;
  /** The same for the manifest, which others may keep locked. */
  readonly manifestLock: NamedAttributes;
  /** `<login server>/<repository>`, for messages. */
  readonly base: string;
  /** Who holds a lock that is not ours, for the error. */
  readonly holderOf: (reference: string) => string;
}

export interface RemovalOutcome {
  readonly removedTags: readonly string[];
  /** Why the manifest is still there; absent: it is gone. */
  readonly kept?: string;
  /** Tags of ours that this registry cannot remove without their manifest. */
  readonly remainingTags?: readonly string[];
}

/** Why the manifest must stay whatever else is found. */
export function keptByDeclaration(removal: Removal): string | undefined {
  const { stillDeclared, usedBy, untagOnly } = removal;
  if (stillDeclared) return "it is still declared";
  if (usedBy !== undefined) return `${usedBy} names it`;
  return untagOnly ? 'onDelete is "untag"' : undefined;
}
