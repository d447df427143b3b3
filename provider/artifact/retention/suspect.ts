import type { Digest } from "../../oci/digest.js";
import type { ManifestProperties } from "../../registry/attributes.js";
import type { MaybeLinks } from "./links.js";
import { isImage } from "./mediaKinds.js";
import type { TagVerdict } from "./rules.js";

/** A manifest that may have to go, or to lose tags. Only these are kept in memory whole. */
export interface Suspect {
  readonly manifest: ManifestProperties;
  /** Ordinary tags that it has, and of them those that go. */
  readonly tags: readonly string[];
  expiring: readonly string[];
  /** A tag is left, so that the manifest stays. */
  staying: boolean;
  /** What tags that are made of digests, and its own `subject`, say that it belongs to. */
  subjects: readonly Digest[];
  /** Its `subject` alone, with which the registry would delete it. */
  ownSubject?: Digest;
  children: readonly Digest[];
  /** Whether its own bytes have been looked at. */
  read: boolean;
  /** Found while the newest were still being counted. */
  readonly amongNewest: boolean;
  /** It may go by the rules; absent: only together with what it belongs to. */
  readonly reason?: string;
  /** It must stay whatever else is found. */
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

/** What cannot be read keeps itself; whoever plans must also mind what it could name. */
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
 * Has no life of its own: a signature, an SBOM or an index of such, which nobody named. A tag made of a
 * digest is not a name.
 */
export function isAttachment(one: Suspect): boolean {
  if (one.tags.length > 0 || one.subjects.length === 0) return false;
  return one.manifest.tags.length > 0 || !isImage(one.manifest);
}
