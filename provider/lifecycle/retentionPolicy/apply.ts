import { type DeletionOutcome, deleteVictims } from "../../artifact/retention/deleteVictims.js";
import { describePlan, planFor } from "../../artifact/retention/plan.js";
import type { RetentionVictim } from "../../artifact/retention/retentionPlan.js";
import { type FreshPlan, planRetention } from "../../artifact/retention/planRetention.js";
import { ConflictError } from "../../errors.js";
import { PartialFailure, reasonOf } from "../failures.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { baseOf } from "../published/state.js";
import { sayState } from "./check.js";
import { declaredIn } from "./declared.js";
import { asInputs, rulesOf } from "./inputs.js";
import { outputsOf, type Results } from "./state.js";

/** Deletes what `check` found in this process, and what an earlier run did not finish. */
export async function applyPolicy(
  host: Host,
  bag: PropertyBag,
  before: Results,
  operation: Operation,
): Promise<PropertyBag> {
  const inputs = asInputs(bag);
  const base = baseOf(inputs);
  const fresh = await planToApply(host, bag, before.__unfinished, operation);
  if (fresh.stopped !== undefined) return unfinishedAsBefore(bag, before);
  if (fresh.plan.victims.length > 0) await requireDeclarations(host, base, operation);
  const outcome = await deleteVictims({
    repository: host.registry(bag).repository(inputs.repository),
    plan: fresh.plan,
    asOf: fresh.asOf,
    includeLocked: inputs.includeLocked ?? false,
    declared: () => declaredIn(host, inputs.__urn, base),
    options: operation,
  });
  say(outcome, operation);
  const outs = outputsOf(bag, resultsOf(outcome, before));
  if (outcome.failure === undefined) return outs;
  if (outcome.deleted.length + outcome.unfinished.length === 0) throw outcome.failure.error;
  throw new PartialFailure(base, outs, halfDone(outcome, fresh));
}

/** Nothing is deleted this time; what an earlier run left is remembered for the next one. */
function unfinishedAsBefore(bag: PropertyBag, before: Results): PropertyBag {
  return outputsOf(bag, { ...before, leftAlone: [] });
}

/**
 * Waits for the rest of the program, because the engine may process the policy before everything is
 * declared.
 */
async function requireDeclarations(host: Host, base: string, operation: Operation): Promise<void> {
  await host.allDeclared(operation);
  if (!host.declarations.refused) return;
  throw new ConflictError(
    base,
    `nothing was deleted from ${base}: the inputs of another resource were refused, so it is not known what ` +
      "the program declares. Run `pulumi up` again when they are right",
  );
}

/** The error of an incomplete run. The CLI prints only this, so it contains the progress. */
function halfDone({ deleted, failure }: DeletionOutcome, { plan }: FreshPlan): Error {
  return new Error(
    `deleted ${describePlan(planFor(deleted))}, of ${describePlan(plan)}; run \`pulumi up\` again, which continues ` +
      `from here. It ended with: ${reasonOf(failure?.error)}`,
    { cause: failure?.error },
  );
}

async function planToApply(
  host: Host,
  bag: PropertyBag,
  unfinished: readonly string[],
  operation: Operation,
): Promise<FreshPlan> {
  const inputs = asInputs(bag);
  const shown = host.retentionPlans.get(inputs.__urn ?? "");
  if (shown !== undefined && unfinished.length === 0) return shown;
  const also = new Set(unfinished);
  const fresh = await planRetention({
    repository: host.registry(bag).repository(inputs.repository),
    rules: rulesOf(inputs, host.now()),
    declared: declaredIn(host, inputs.__urn, baseOf(inputs)),
    also,
    options: operation,
  });
  sayState(fresh, operation);
  const announced = shown?.plan ?? inputs.plan;
  const allowed = new Set([...also, ...announced.victims.map(({ digest }) => digest)]);
  return { ...fresh, plan: planFor(onlyAllowed(fresh.plan.victims, allowed)) };
}

/** Deletes only what was announced, without groups that contain anything else. */
function onlyAllowed(
  victims: readonly RetentionVictim[],
  allowed: ReadonlySet<string>,
): readonly RetentionVictim[] {
  const refused = new Set(victims.filter(({ digest }) => !allowed.has(digest)));
  const all = new Map(victims.map((victim) => [victim.digest, victim]));
  for (let size = -1; size !== refused.size;) {
    size = refused.size;
    for (const victim of victims) {
      const with_ = (victim.goesWith ?? []).map((digest) => all.get(digest));
      if (with_.some((other) => other !== undefined && refused.has(other))) refused.add(victim);
    }
  }
  return victims.filter((victim) => !refused.has(victim));
}

function resultsOf(outcome: DeletionOutcome, before: Results): Results {
  const { deleted, leftAlone, unfinished } = outcome;
  const gone = new Set(deleted.map(({ digest }) => digest));
  const still = outcome.failure === undefined ? [] : before.__unfinished;
  return {
    deleted: deleted.length > 0 ? planFor(deleted) : before.deleted,
    leftAlone,
    __unfinished: [...new Set([...still.filter((digest) => !gone.has(digest)), ...unfinished])],
  };
}

function say({ deleted, leftAlone }: DeletionOutcome, { log }: Operation): void {
  if (deleted.length > 0) log.info(`deleted ${describePlan(planFor(deleted))}`);
  for (const { digest, reason } of leftAlone) log.warn(`${digest} stays: ${reason}`);
}
