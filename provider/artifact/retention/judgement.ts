import type { Digest } from "../../oci/digest.js";
import type { OperationOptions, Repository } from "../../registry/repository.js";
import { readAllLinks } from "./links.js";
import { mayHaveChildren, mayHaveSubject } from "./mediaKinds.js";
import type { Planning } from "./planning.js";
import { isYoung } from "./rules.js";
import { isAttachment, type Suspect, takeLinks } from "./suspect.js";
import type { Survey } from "./survey.js";

/** Manifests read before the next are begun, so that what they name is not all in memory twice. */
const BATCH = 500;

/**
 * Reads what could go, for its children and its subject. What stays anyway is left unread: as an index
 * it is read with the others, as anything else when referrers are looked for.
 */
export async function readSuspects(
  survey: Survey,
  { manifests }: Pick<Repository, "manifests">,
  options: OperationOptions,
): Promise<void> {
  const waiting: Suspect[] = [];
  for (const one of survey.suspects.values()) {
    if (one.read) continue;
    if (!staysAnyway(one, survey)) waiting.push(one);
    else if (mayHaveChildren(one.manifest)) survey.unreadIndexes.add(one.manifest.digest);
    else if (mayHaveSubject(one.manifest)) survey.keptOthers?.push(one.manifest.digest);
  }
  const readable = waiting.filter(
    ({ manifest }) => mayHaveChildren(manifest) || mayHaveSubject(manifest),
  );
  for (let at = 0; at < readable.length; at += BATCH) {
    const batch = readable.slice(at, at + BATCH);
    const digests = batch.map(({ manifest }) => manifest.digest);
    const links = await readAllLinks(manifests, digests, options);
    for (const one of batch) {
      const found = links.get(one.manifest.digest) ?? "unreadable";
      takeLinks(one, found);
      survey.noteChildren(found);
    }
  }
  for (const { manifest, read, staying } of survey.suspects.values()) {
    if (read && staying && mayHaveChildren(manifest)) survey.noteUnreadable(manifest.digest);
  }
}

function staysAnyway({ manifest, pinned, reason, subjects }: Suspect, survey: Survey): boolean {
  if (pinned || survey.needed.has(manifest.digest)) return true;
  const stays = (subject: Digest): boolean =>
    survey.present.has(subject) && !survey.suspects.has(subject);
  return reason === undefined && subjects.some(stays);
}

/** As many as were counted wrongly among the newest are missing there: the next newest take their place. */
export function promoteMiscounted({ survey, family }: Planning): void {
  let missing = survey.miscounted;
  for (const one of survey.suspects.values()) {
    if (missing === 0) return;
    const { digest } = one.manifest;
    const named = family.indexesOf(digest).length > 0 || survey.needed.has(digest);
    if (one.reason === undefined || isAttachment(one)) continue;
    if (one.tags.length === 0 && named) continue;
    one.expiring = [];
    family.protect(digest);
    missing -= 1;
  }
}

/** What has a subject goes with it. Where the subject stays, so does this; where it is gone, it depends. */
export function keepUnclear(planning: Planning): void {
  const { survey, family } = planning;
  for (const one of family.doomed()) {
    const elsewhere = one.subjects.filter((subject) => !survey.suspects.has(subject));
    if (elsewhere.length === 0) continue;
    if (elsewhere.some((subject) => survey.present.has(subject)) || danglingStays(one, planning)) {
      family.protect(one.manifest.digest);
    }
  }
}

/**
 * An attachment whose subject is nowhere in the repository: the rest of a deleted image, or one that is
 * kept apart from what it signs. It does not count as an image, and stays while it is newer than the
 * images that are kept, or than `keepNewerThan` says.
 */
function danglingStays(one: Suspect, { rules, also }: Planning): boolean {
  const { manifest, amongNewest } = one;
  if (!isAttachment(one) || also?.has(manifest.digest) === true) return false;
  if (amongNewest || isYoung(rules, manifest.lastUpdateTime)) return true;
  return manifest.tags.length > 0 && (rules.untaggedOnly || rules.expireTags !== undefined);
}
