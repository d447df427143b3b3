import { eachOf } from "../concurrency/eachOf.js";
import type { Digest } from "../oci/digest.js";
import type { OperationOptions, Repository } from "../registry/repository.js";
import type { FindUses } from "./familyUses.js";
import { whereSupported } from "./lock.js";
import {
  deleteManifest,
  keptByDeclaration,
  type Removal,
  type RemovalOutcome,
  type Verdict,
} from "./removal.js";
import { type Candidate, planRemoval } from "./removalPlan.js";
import { usedByTags } from "./usedBy.js";

const CONCURRENT_REMOVALS = 8;

/** Whether more than the manifest itself was published. */
export function hasFamily({ included = [] }: Removal): boolean {
  return included.length > 0;
}

/** Decides about the manifest and everything published with it at once, before anything is removed. */
export async function judgeFamily(
  repository: Repository,
  removal: Removal,
  findUses: FindUses,
  options: OperationOptions,
): Promise<Verdict> {
  const staying = await planFor(repository, removal, findUses, options);
  if (typeof staying === "string") return { kept: staying };
  const kept = staying.get(removal.digest);
  return kept === undefined ? { staying } : { kept, waits: true };
}

/** Removes the rest, if an earlier removal ended after the manifest. */
export async function removeRest(
  repository: Repository,
  removal: Removal,
  findUses: FindUses,
  options: OperationOptions,
): Promise<Pick<RemovalOutcome, "keptIncluded">> {
  const { included = [] } = removal;
  if (included.length === 0 || keptByDeclaration(removal) !== undefined) return {};
  const plan = await planFor(repository, removal, findUses, options);
  const staying =
    typeof plan === "string" ? new Map(included.map(({ digest }) => [digest, plan])) : plan;
  return removeIncluded(repository, removal, { staying }, options);
}

/**
 * Removes in reverse order of publishing. ACR deletes referrers after their subject by itself (Microsoft
 * Learn, "Manage OCI artifacts"), so a manifest that is already gone is not an error.
 */
export async function removeIncluded(
  repository: Repository,
  { included = [] }: Removal,
  { staying = new Map() }: Verdict,
  options: OperationOptions,
): Promise<Pick<RemovalOutcome, "keptIncluded">> {
  const kept = new Map(staying);
  const going = [...included].reverse().filter(({ digest }) => !kept.has(digest));
  await eachOf(going, { concurrency: CONCURRENT_REMOVALS, ...options }, async (one, signal) => {
    const why = await deleteUnused(repository, one, { signal });
    if (why !== undefined) kept.set(one.digest, why);
  });
  return kept.size === 0 ? {} : { keptIncluded: kept };
}

/** Looks once more, because the manifest may have got a tag meanwhile. Returns why it stays. */
async function deleteUnused(
  repository: Repository,
  one: Candidate,
  options: OperationOptions,
): Promise<string | undefined> {
  const live = await whereSupported(repository.attributes.manifest(one.digest, options), undefined);
  if (live !== undefined && live.tags.length > 0) return usedByTags(live.tags);
  await deleteManifest(repository, one, {}, options);
  return undefined;
}

async function planFor(
  repository: Repository,
  removal: Removal,
  findUses: FindUses,
  options: OperationOptions,
): Promise<ReadonlyMap<Digest, string> | string> {
  const { digest, included = [], declaredBy } = removal;
  const uses = await findUses(repository, removal, options);
  if (typeof uses === "string") return uses;
  const held = new Map(uses.held);
  for (const one of included) {
    const user = declaredBy?.(one.digest);
    if (user !== undefined) held.set(one.digest, `${user} has it too`);
  }
  return planRemoval([{ digest }, ...included], { ...uses, held });
}
