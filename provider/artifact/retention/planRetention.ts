import { Family } from "./family.js";
import { pullChildren } from "./children.js";
import { keepUnclear, promoteMiscounted, readSuspects } from "./judgement.js";
import { EMPTY_PLAN, planFor } from "./plan.js";
import type { RetentionPlan } from "./retentionPlan.js";
import type { Planning, RetentionRequest } from "./planning.js";
import { settleReferrers } from "./referrers.js";
import { repositoryState, type RepositoryState } from "./repositoryState.js";
import { Survey } from "./survey.js";
import { keepLockedTags } from "./tagLocks.js";
import { victimsOf } from "./victims.js";
import { Walk } from "./walk.js";

export interface FreshPlan extends RepositoryState {
  readonly plan: RetentionPlan;
  /** Last update of the newest manifest. Newer manifests are not part of the plan. */
  readonly asOf: string;
}

/**
 * Finds exactly which manifests and tags a policy deletes. It lists the repository once and reads only
 * the suspects and all indexes, or nothing at all if nothing has expired.
 */
export async function planRetention(request: RetentionRequest): Promise<FreshPlan> {
  const { repository, rules, declared, options } = request;
  const survey = new Survey(rules, declared, request.also ?? new Set());
  const walk = new Walk(repository, survey, { byTime: rules.keepNewest !== undefined, options });
  await walk.walk();
  const asOf = survey.newestTime;
  if (!hasExpired(survey)) return { plan: EMPTY_PLAN, asOf };
  await walk.readRest();
  await pullChildren({ ...request, survey });
  await readSuspects(survey, repository, options);
  await walk.readRest();
  const planning = { ...request, survey, family: new Family(survey.suspects) };
  await decide(planning);
  const plan = planFor(victimsOf(planning));
  if (plan.victims.length === 0) return { plan, asOf };
  const state = await repositoryState(planning);
  return { plan: state.stopped === undefined ? plan : EMPTY_PLAN, asOf, ...state };
}

/** Whether any suspect may be deleted for a reason of its own. */
function hasExpired({ suspects, present }: Survey): boolean {
  return [...suspects.values()].some(
    ({ pinned, reason, subjects }) =>
      !pinned && (reason !== undefined || subjects.some((subject) => !present.has(subject))),
  );
}

async function decide(planning: Planning): Promise<void> {
  const { survey, family } = planning;
  for (const { manifest, pinned, staying } of survey.suspects.values()) {
    if (pinned || staying || survey.needed.has(manifest.digest)) family.protect(manifest.digest);
  }
  promoteMiscounted(planning);
  keepUnclear(planning);
  await keepLockedTags(planning);
  await settleReferrers(planning);
}
