import type { Digest } from "../../oci/digest.js";
import type { OperationOptions, Repository } from "../../registry/repository.js";
import { readAllLinks } from "./links.js";
import { mayHaveChildren, mayHaveSubject } from "./mediaKinds.js";
import type { Planning } from "./planning.js";
import { isYoung } from "./rules.js";
import { isAttachment, type Suspect, takeLinks } from "./suspect.js";
import type { Survey } from "./survey.js";

/** Manifests read in one batch, which limits how many children are in memory twice. */
const BATCH = 500;

/**
 * Reads the suspects, for their children and subjects. Suspects that are kept anyway are not read here:
 * indexes are read together with the others, and the rest when referrers are searched.
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

/**
 * If the children of a later index were counted among the newest, the next newest manifests take their
 * places.
 */
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

/**
 * A manifest with a subject is deleted only with it. If the subject stays, it stays; if the subject does
 * not exist, `danglingStays` decides.
 */
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
 * Decides about an attachment whose subject is not in the repository: the rest of a deleted image, or one
 * stored apart from its subject. It does not count as an image. It stays while it is newer than the kept
 * images, or than `keepNewerThan` says.
 */
function danglingStays(one: Suspect, { rules, also }: Planning): boolean {
  const { manifest, amongNewest } = one;
  if (!isAttachment(one) || also?.has(manifest.digest) === true) return false;
  if (amongNewest || isYoung(rules, manifest.lastUpdateTime)) return true;
  return manifest.tags.length > 0 && (rules.untaggedOnly || rules.expireTags !== undefined);
}
