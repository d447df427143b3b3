import type { OperationOptions, Repository } from "../../registry/repository.js";
import type { Family } from "./family.js";
import type { Declared, RetentionRules } from "./rules.js";
import type { Survey } from "./survey.js";

export interface RetentionRequest {
  readonly repository: Repository;
  readonly rules: RetentionRules;
  readonly declared: Declared;
  /** Untagged manifests that a run left behind which did not come to its end. */
  readonly also?: ReadonlySet<string>;
  readonly options: OperationOptions;
}

/** A request, and what the listing told. */
export interface Surveyed extends RetentionRequest {
  readonly survey: Survey;
}

/** What a plan is made from, and what is known so far of how the suspects hang together. */
export interface Planning extends Surveyed {
  readonly family: Family;
}
