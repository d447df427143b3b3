import type { Digest } from "../../oci/digest.js";
import type { ManifestProperties } from "../../registry/attributes.js";
import type { Planning } from "./planning.js";

/** How many of the oldest manifests the listing must contain. */
const OLDEST = 10;

/** Findings about the repository as a whole. */
export interface RepositoryState {
  /**
   * Why nothing may be deleted although something has expired: a manifest that cannot be seen or read
   * could refer to any of it.
   */
  readonly stopped?: string;
  /** How many manifests the registry counts but does not list, if these are to be ignored. */
  readonly ignored?: number;
}

export async function repositoryState(planning: Planning): Promise<RepositoryState> {
  const { repository, survey, rules, options } = planning;
  const [unreadable] = survey.unreadable;
  if (unreadable !== undefined) return { stopped: cannotBeRead(unreadable) };
  const properties = await repository.attributes.repository(options);
  if (properties === undefined) return {};
  if (!properties.attributes.writeEnabled) {
    return { stopped: "the repository is locked (writeEnabled=false): open it first" };
  }
  const missed = await findMissed(planning);
  if (missed !== undefined) return { stopped: wasCutShort(missed) };
  const { manifestCount } = properties;
  if (manifestCount <= survey.present.size) return {};
  const hidden = manifestCount - survey.present.size - (await countNew(planning));
  if (hidden <= 0) return {};
  return rules.ignoreHidden === true ? { ignored: hidden } : { stopped: isHidden(hidden) };
}

/**
 * One of the oldest manifests, if the listing (newest first) does not contain it. The listing was
 * incomplete then, for whatever reason, and a missing index could refer to a victim.
 */
async function findMissed({
  repository,
  survey,
  options,
}: Planning): Promise<ManifestProperties | undefined> {
  let seen = 0;
  const listing = { orderBy: "timeasc", pageSize: OLDEST, ...options } as const;
  for await (const manifest of repository.attributes.listManifests(listing)) {
    // In a small repository, the oldest manifests are also the newest, and may have been pushed just now.
    const isNew = Date.parse(manifest.lastUpdateTime) >= Date.parse(survey.newestTime);
    if (!isNew && !survey.present.has(manifest.digest)) return manifest;
    if (++seen === OLDEST) return undefined;
  }
  return undefined;
}

/** Number of manifests pushed since the listing began. */
async function countNew({ repository, survey, options }: Planning): Promise<number> {
  let count = 0;
  const listing = { orderBy: "timedesc", pageSize: 10, ...options } as const;
  for await (const { digest } of repository.attributes.listManifests(listing)) {
    if (survey.present.has(digest)) break;
    count += 1;
  }
  return count;
}

function cannotBeRead(index: Digest): string {
  return (
    `the index ${index} cannot be read, and may name any of the manifests to delete: make ` +
    `it readable (\`readEnabled\`), or delete it`
  );
}

function wasCutShort({ digest, lastUpdateTime }: ManifestProperties): string {
  return (
    `the listing of manifests was cut short: it ended before ${digest} (${lastUpdateTime}), which is one of the ` +
    `oldest. What it left out could name any of the manifests to delete: try again, and check for a proxy in between`
  );
}

function isHidden(count: number): string {
  const manifests = count === 1 ? "1 manifest" : `${count} manifests`;
  return (
    `the registry counts ${manifests} more than it lists: hidden ones (listEnabled=false) could name any of the manifests ` +
    `to delete. Make them visible (listEnabled=true); if somebody has just deleted something, try again later; if you ` +
    `know that they need nothing, set ignoreHidden`
  );
}
