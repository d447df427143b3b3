import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";

// Reasons why a manifest stays: something uses it, or may do so. All ways of finding out use the same
// sentences.

export function usedByTags(tags: readonly string[]): string {
  const shown = tags.slice(0, 5).join(", ");
  return `other tags name it: ${shown}${tags.length > 5 ? ` and ${tags.length - 5} more` : ""}`;
}

export function usedByReferrer({
  digest,
  artifactType,
}: Pick<Descriptor, "digest" | "artifactType">): string {
  const type = artifactType === undefined ? "" : ` (${artifactType})`;
  return `the referrer ${digest}${type} has it as its subject`;
}

export function usedByIndex(index: Digest): string {
  return `the index ${index} names it`;
}

export function mayBeUsedByIndex(index: Digest): string {
  return `the index ${index} may name it: it cannot be read`;
}
