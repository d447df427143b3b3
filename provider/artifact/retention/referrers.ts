import { limit } from "../../concurrency/limit.js";
import type { Digest } from "../../oci/digest.js";
import { drawAttachment } from "./children.js";
import type { Family } from "./family.js";
import { readAllLinks } from "./links.js";
import type { Planning } from "./planning.js";

/**
 * How many manifests to read instead of one listing of referrers. The service allows an identity twenty
 * times as many reads per minute (Microsoft Learn, "Azure Container Registry SKUs").
 */
const READS_FOR_A_LISTING = 20;
/** Victims whose referrers are requested together. */
const BATCH = 64;
const ASKED_AT_ONCE = 8;

type FindReferrers = (subject: Digest) => Promise<readonly Digest[]>;

/**
 * Finds every referrer of the victims, because deleting a subject sooner or later deletes its referrers.
 * A referrer that must stay keeps its subject; one without a tag becomes part of the plan.
 */
export async function settleReferrers(planning: Planning): Promise<void> {
  const { family } = planning;
  const find = await finder(planning);
  const asked = new Set<Digest>();
  // A referrer that becomes part of the plan may have referrers itself.
  for (let open = unasked(family, asked); open.length > 0; open = unasked(family, asked)) {
    for (let at = 0; at < open.length; at += BATCH) {
      const batch = open.slice(at, at + BATCH).filter((digest) => !family.isKept(digest));
      const found = await Promise.all(batch.map((subject) => find(subject)));
      for (const [index, subject] of batch.entries()) {
        asked.add(subject);
        for (const referrer of found[index] ?? []) await settle(planning, referrer, subject);
      }
    }
  }
}

function unasked(family: Family, asked: ReadonlySet<Digest>): readonly Digest[] {
  const open = family.doomed().map(({ manifest }) => manifest.digest);
  return open.filter((digest) => !asked.has(digest));
}

async function settle(planning: Planning, referrer: Digest, subject: Digest): Promise<void> {
  const { survey, family } = planning;
  if (family.isKept(subject)) return;
  if (survey.suspects.has(referrer)) {
    if (family.isKept(referrer)) family.protect(subject);
    return;
  }
  const found = await drawAttachment(planning, referrer, subject);
  if (found === "stays") family.protect(subject);
  else if (found !== "gone") family.add(found);
}

/** Reads the manifests that stay, if that takes less than requesting the referrers of the victims. */
async function finder(planning: Planning): Promise<FindReferrers> {
  const { survey, family, repository, options } = planning;
  const kept = survey.keptOthers;
  if (kept === undefined || kept.length > READS_FOR_A_LISTING * family.doomed().length) {
    return asker(planning);
  }
  const bySubject = new Map<Digest, Digest[]>();
  for (const [digest, links] of await readAllLinks(repository.manifests, kept, options)) {
    // An unreadable manifest could have any subject, so the registry is asked.
    if (links === "unreadable") return asker(planning);
    if (links.subject === undefined) continue;
    bySubject.set(links.subject, [...(bySubject.get(links.subject) ?? []), digest]);
  }
  return (subject) => Promise.resolve(bySubject.get(subject) ?? []);
}

function asker({ repository, options }: Planning): FindReferrers {
  const place = limit(ASKED_AT_ONCE);
  return (subject) =>
    place(async () => {
      const found: Digest[] = [];
      for await (const { digest } of repository.referrers.list(subject, options))
        found.push(digest);
      return found;
    });
}
