import { EMPTY_PLAN } from "../../artifact/retention/plan.js";
import type { RetentionPlan } from "../../artifact/retention/retentionPlan.js";
import type { LeftAlone } from "../../artifact/retention/deleteVictims.js";
import type { PropertyBag } from "../lifecycle.js";
import type { PolicyInputs } from "./inputs.js";

/** Outputs: the inputs and the results. */
export interface PolicyState extends PolicyInputs {
  /** What was deleted by the last run that deleted anything. */
  readonly deleted: RetentionPlan;
  /** What the last run should have deleted but found changed. */
  readonly leftAlone: readonly LeftAlone[];
  /** Digests that a failed run did not reach, and that no rule finds any more. */
  readonly __unfinished: readonly string[];
}

/** The results of a run. */
export type Results = Pick<PolicyState, "deleted" | "leftAlone" | "__unfinished">;

export const NO_RESULTS: Results = { deleted: EMPTY_PLAN, leftAlone: [], __unfinished: [] };

export function outputsOf(inputs: PropertyBag, results: Results): PropertyBag {
  return { ...inputs, ...results };
}

export function inputsOf(state: PropertyBag): PropertyBag {
  const { deleted: _deleted, leftAlone: _left, __unfinished: _unfinished, ...inputs } = state;
  return inputs;
}

export function asState(bag: PropertyBag): PolicyState {
  return bag as unknown as PolicyState;
}
