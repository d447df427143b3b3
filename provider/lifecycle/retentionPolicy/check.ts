import {
  deletionsOf,
  describePlan,
  describeVictim,
  EMPTY_PLAN,
} from "../../artifact/retention/plan.js";
import { type FreshPlan, planRetention } from "../../artifact/retention/planRetention.js";
import type { RetentionPlan } from "../../artifact/retention/retentionPlan.js";
import { hasCode } from "../../errors.js";
import type { Host } from "../host.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import { ignoredInputs } from "../ignoredInputs.js";
import type { CheckResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { baseOf } from "../published/state.js";
import { checkRegistry } from "../registryCheck.js";
import { containsUnknown, UNKNOWN } from "../../arguments/unknown.js";
import { declaredIn } from "./declared.js";
import { asInputs, rulesOf, validateInputs } from "./inputs.js";

const DERIVED = ["plan"];

/**
 * Validates, then reads the registry: the plan is an input, so that the preview shows it. An empty plan
 * keeps the old one, so that nothing to do is no change.
 */
export async function checkPolicy(
  host: Host,
  olds: PropertyBag,
  news: PropertyBag,
  operation: Operation,
): Promise<CheckResult> {
  const ignored = ignoredInputs(DERIVED, olds, news);
  // No new plan is made, so nothing is deleted.
  if (ignored === "everything") return { inputs: news, failures: [] };
  if (ignored !== undefined) return { inputs: news, failures: [ignored] };
  const invalid = validateInputs(news);
  const { failures: missing, registry } = checkRegistry(host, news, invalid);
  const failures = [...invalid, ...missing];
  if (failures.length > 0) return { inputs: news, failures };
  const given = { ...news, registry };
  if (containsUnknown(given)) return { inputs: { ...given, plan: UNKNOWN }, failures };
  try {
    const plan = await freshPlan(host, given, operation);
    const tooMany = refuseTooMany(plan, news["maxDeletions"]);
    if (tooMany !== undefined) return { inputs: news, failures: [tooMany] };
    if (plan.victims.length > 0) operation.log.info(`to delete: ${describePlan(plan)}`);
    const shown = plan.victims.length > 0 ? plan : (olds["plan"] ?? EMPTY_PLAN);
    return { inputs: { ...given, plan: shown }, failures };
  } catch (error) {
    if (!hasCode(error, "UNSUPPORTED")) throw error;
    const reason = `${error.message} [${error.code}]`;
    return { inputs: news, failures: [{ property: "registry.loginServer", reason }] };
  }
}

async function freshPlan(
  host: Host,
  bag: PropertyBag,
  operation: Operation,
): Promise<RetentionPlan> {
  const inputs = asInputs(bag);
  const { __urn: urn } = inputs;
  const fresh = await planRetention({
    repository: host.registry(bag).repository(inputs.repository),
    rules: rulesOf(inputs, host.now()),
    declared: declaredIn(host, urn, baseOf(inputs)),
    options: operation,
  });
  if (urn !== undefined) host.retentionPlans.set(urn, fresh);
  sayState(fresh, operation);
  return fresh.plan;
}

/** Logs findings about the repository as a whole. */
export function sayState({ stopped, ignored }: FreshPlan, { log }: Operation): void {
  if (stopped !== undefined) log.warn(`nothing is deleted: ${stopped}`);
  if (ignored === undefined) return;
  log.info(`the registry counts ${ignored} more than it lists, which is ignored (ignoreHidden)`);
}

/** Enough to notice a mistake. */
const VICTIMS_SHOWN = 5;

function refuseTooMany(plan: RetentionPlan, limit: unknown): CheckFailure | undefined {
  const deletions = deletionsOf(plan);
  if (typeof limit !== "number" || deletions <= limit) return undefined;
  const { victims } = plan;
  const shown = victims.slice(0, VICTIMS_SHOWN).map(describeVictim).join("; ");
  const rest = victims.length > VICTIMS_SHOWN ? `; and ${victims.length - VICTIMS_SHOWN} more` : "";
  const reason =
    `${describePlan(plan)} would be deleted, which is more than maxDeletions, ${limit}: ${shown}${rest}. Nothing was ` +
    `deleted. If this is right, set maxDeletions to ${deletions} or more`;
  return { property: "maxDeletions", reason };
}
