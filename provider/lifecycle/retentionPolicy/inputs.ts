import { parseAge } from "../../artifact/retention/age.js";
import type { RetentionPlan } from "../../artifact/retention/retentionPlan.js";
import type { RetentionRules } from "../../artifact/retention/rules.js";
import { isTagPattern } from "../../artifact/retention/tagPattern.js";
import { InputError } from "../../errors.js";
import type { RepositoryName } from "../../oci/reference.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { PropertyBag } from "../lifecycle.js";
import type { RegistryArguments } from "../../arguments/registrySettings.js";
import {
  count,
  flag,
  HIDDEN,
  list,
  object,
  parsedBy,
  registry,
  repositoryName,
  validate,
} from "../../arguments/schema.js";

/** Inputs after `check`, when everything is known. */
export interface PolicyInputs {
  readonly repository: RepositoryName;
  readonly keepNewest?: number;
  readonly keepNewerThan?: string;
  readonly keepTags?: readonly string[];
  readonly expireTags?: readonly string[];
  readonly untaggedOnly?: boolean;
  readonly includeLocked?: boolean;
  readonly ignoreHidden?: boolean;
  readonly maxDeletions?: number;
  readonly registry: RegistryArguments & { readonly loginServer: string };
  /** What to delete, as derived by `check`. */
  readonly plan: RetentionPlan;
  readonly __urn?: string;
}

const tagPattern = parsedBy((pattern) => {
  if (isTagPattern(pattern)) return;
  throw new InputError(
    "",
    `${JSON.stringify(pattern)} is not a pattern for tags: expected up to 128 letters, digits, ".", "_", "-", ` +
      `"*" for any characters and "?" for one`,
  );
});

const schema = object({
  ...HIDDEN,
  repository: repositoryName,
  keepNewest: count(1).optional(),
  keepNewerThan: parsedBy(parseAge).optional(),
  keepTags: list(tagPattern).optional(),
  expireTags: list(tagPattern).optional(),
  untaggedOnly: flag.optional(),
  includeLocked: flag.optional(),
  ignoreHidden: flag.optional(),
  maxDeletions: count(0).optional(),
  registry: registry.optional(),
});

const NO_RULE =
  "give at least one rule, keepNewest, keepNewerThan, keepTags, expireTags or untaggedOnly: a policy without a rule " +
  "would delete everything";

/** Failures of the form, and of rules that contradict each other. */
export function validateInputs(news: PropertyBag): readonly CheckFailure[] {
  const invalid = validate(schema, news);
  if (invalid.length > 0) return invalid;
  const { keepNewest, keepNewerThan, keepTags, expireTags, untaggedOnly } = news;
  const given = [keepNewest, keepNewerThan, expireTags].some((rule) => rule !== undefined);
  if (!given && isEmpty(keepTags) && (untaggedOnly ?? false) === false) {
    return [{ property: "", reason: NO_RULE }];
  }
  if (expireTags !== undefined && isEmpty(expireTags)) {
    return [{ property: "expireTags", reason: "name at least one pattern, or leave it out" }];
  }
  if (untaggedOnly === true && expireTags !== undefined) {
    const reason = "with untaggedOnly no tag expires: leave one of the two out";
    return [{ property: "expireTags", reason }];
  }
  return [];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** The rules at one point in time. */
export function rulesOf(inputs: PolicyInputs, now: number): RetentionRules {
  const { keepNewest, keepNewerThan, keepTags = [], expireTags } = inputs;
  return {
    keepNewest,
    ...(keepNewerThan === undefined
      ? {}
      : { keepNewerThan, cutoff: now - parseAge(keepNewerThan) }),
    keepTags,
    expireTags,
    untaggedOnly: inputs.untaggedOnly ?? false,
    includeLocked: inputs.includeLocked ?? false,
    ignoreHidden: inputs.ignoreHidden ?? false,
  };
}

export function asInputs(bag: PropertyBag): PolicyInputs {
  return bag as unknown as PolicyInputs;
}
