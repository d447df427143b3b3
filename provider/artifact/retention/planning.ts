import type { OperationOptions, Repository } from "../../registry/repository.js";
import type { Family } from "./family.js";
import type { Declared, RetentionRules } from "./rules.js";
import type { Survey } from "./survey.js";

export interface RetentionRequest {
  readonly repository: Repository;
  readonly rules: RetentionRules;
  readonly declared: Declared;
  /** Untagged manifests that an unfinished run left behind. */
  readonly also?: ReadonlySet<string>;
  readonly options: OperationOptions;
}

/** A request with the result of the listing. */
export interface Surveyed extends RetentionRequest {
  readonly survey: Survey;
}

/** Everything that a plan is made from, with the relations of the suspects as far as known. */
export interface Planning extends Surveyed {
  readonly family: Family;
}
