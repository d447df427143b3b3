import type { Digest } from "../../oci/digest.js";
import type { ManifestProperties } from "../../registry/attributes.js";
import type { MaybeLinks } from "./links.js";
import { isImage } from "./mediaKinds.js";
import type { TagVerdict } from "./rules.js";

/** A manifest that may be deleted or lose tags. Only suspects are kept in memory completely. */
export interface Suspect {
  readonly manifest: ManifestProperties;
  /** Its ordinary tags; `expiring` are those of them to delete. */
  readonly tags: readonly string[];
  expiring: readonly string[];
  /** Whether a tag remains, so that the manifest stays. */
  staying: boolean;
  /** Its subjects, by its tags made of digests and by its own `subject`. */
  subjects: readonly Digest[];
  /** Its own `subject`, with which the registry would delete it. */
  ownSubject?: Digest;
  children: readonly Digest[];
  /** Whether its bytes have been read. */
  read: boolean;
  /** Whether it was found while the newest were still being counted. */
  readonly amongNewest: boolean;
  /** Why it may be deleted by the rules; absent if only together with its subject or index. */
  readonly reason?: string;
  /** Whether it must stay, whatever else is found. */
  readonly pinned: boolean;
}

export interface Suspicion {
  readonly tags: readonly string[];
  readonly verdict: TagVerdict;
  readonly subjects: readonly Digest[];
  readonly amongNewest: boolean;
  readonly pinned: boolean;
  readonly reason?: string;
}

export function suspect(
  manifest: ManifestProperties,
  { verdict, ...suspicion }: Suspicion,
  links: MaybeLinks | undefined,
): Suspect {
  const made: Suspect = { manifest, ...suspicion, ...verdict, children: [], read: false };
  if (links !== undefined) takeLinks(made, links);
  return made;
}

/**
 * Adds children and subject. An unreadable manifest is kept; the caller must also consider what it could
 * refer to.
 */
export function takeLinks(one: Suspect, links: MaybeLinks): void {
  one.read = true;
  if (links === "unreadable") {
    one.staying = true;
    return;
  }
  one.children = links.children;
  if (links.subject === undefined) return;
  one.ownSubject = links.subject;
  one.subjects = [...one.subjects, links.subject];
}

/**
 * Whether it is an attachment, such as a signature, an SBOM or an index of these, without a name. A tag
 * made of a digest is not a name.
 */
export function isAttachment(one: Suspect): boolean {
  if (one.tags.length > 0 || one.subjects.length === 0) return false;
  return one.manifest.tags.length > 0 || !isImage(one.manifest);
}
