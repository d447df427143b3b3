import type { Digest } from "../../oci/digest.js";
import type { ManifestProperties } from "../../registry/attributes.js";
import { readLinks } from "./links.js";
import { isImage, mayHaveChildren } from "./mediaKinds.js";
import type { Surveyed } from "./planning.js";
import { isYoung } from "./rules.js";
import { type Suspect, suspect } from "./suspect.js";

/**
 * With `expireTags`, an untagged manifest never expires by itself. But the children of an expired index
 * are deleted with it, if they have no tag and no rule keeps them. A nested index is kept, with its
 * children.
 */
export async function pullChildren(surveyed: Surveyed): Promise<void> {
  const { rules, survey } = surveyed;
  if (rules.expireTags === undefined) return;
  const goes = (manifest: ManifestProperties): boolean =>
    !mayHaveChildren(manifest) && !isYoung(rules, manifest.lastUpdateTime);
  for (const { manifest, children, pinned, staying } of [...survey.suspects.values()]) {
    if (pinned || staying || survey.needed.has(manifest.digest)) continue;
    for (const child of children) {
      if (survey.suspects.has(child) || survey.needed.has(child)) continue;
      const found = await draw(surveyed, child, goes, []);
      if (found !== "stays" && found !== "gone") survey.suspects.set(child, found);
    }
  }
}

/** A signature, SBOM or other attachment without a tag is deleted with its subject, whatever its age. */
export function drawAttachment(
  surveyed: Surveyed,
  digest: Digest,
  subject: Digest,
): Promise<Suspect | "stays" | "gone"> {
  return draw(surveyed, digest, (manifest) => !isImage(manifest), [subject]);
}

/** Adds an untagged manifest that was not a suspect, and may be deleted together with another one. */
async function draw(
  { repository, survey, options }: Surveyed,
  digest: Digest,
  goes: (manifest: ManifestProperties) => boolean,
  subjects: readonly Digest[],
): Promise<Suspect | "stays" | "gone"> {
  const manifest = await repository.attributes.manifest(digest, options);
  if (manifest === undefined) return "gone";
  if (manifest.tags.length > 0 || survey.isPinned(manifest) || survey.needed.has(digest)) {
    return "stays";
  }
  if (!goes(manifest)) return "stays";
  const links = await readLinks(repository.manifests, digest, options);
  const suspicion = { tags: [], verdict: { expiring: [], staying: false }, subjects };
  return suspect(manifest, { ...suspicion, amongNewest: false, pinned: false }, links);
}
