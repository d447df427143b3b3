import { formatReference } from "../../oci/reference.js";
import type { Host } from "../host.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import { ignoredInputs } from "../ignoredInputs.js";
import type { CheckResult, PropertyBag } from "../lifecycle.js";
import { loginServerOf } from "../published/state.js";
import { checkRegistry } from "../registryCheck.js";
import { validate } from "../../arguments/schema.js";
import { isUnknown, UNKNOWN } from "../../arguments/unknown.js";
import { asInputs, schema } from "./inputs.js";
import { claimOf } from "./state.js";

const DERIVED = ["reference"];

/** Validates, without network, and adds the reference. */
export function checkTag(host: Host, olds: PropertyBag, news: PropertyBag): CheckResult {
  const ignored = ignoredInputs(DERIVED, olds, news);
  if (ignored === "everything") return { inputs: news, failures: declare(host, news) };
  if (ignored !== undefined) return { inputs: news, failures: [ignored] };
  const invalid = validate(schema, news);
  const { failures: missing, registry } = checkRegistry(host, news, invalid);
  const failures = [...invalid, ...missing];
  if (failures.length > 0) return { inputs: news, failures };
  const given = { ...news, registry };
  const inputs = { ...given, reference: referenceOf(given) };
  return { inputs, failures: declare(host, inputs) };
}

function referenceOf(given: PropertyBag): string {
  const { registry, repository, tag } = asInputs(given);
  if ([registry.loginServer, repository, tag].some(isUnknown)) return UNKNOWN;
  return formatReference(loginServerOf(registry.loginServer), repository, tag);
}

/** Records the declaration, and finds another resource that would fight over the tag. */
function declare(host: Host, inputs: PropertyBag): CheckFailure[] {
  const { __urn: urn, reference, digest, tag } = asInputs(inputs);
  if (urn === undefined || isUnknown(reference) || isUnknown(digest)) return [];
  const claim = claimOf(asInputs(inputs));
  host.ownership.declare(urn, claim);
  const reason = host.ownership.rivalry(urn, claim, tag);
  return reason === undefined ? [] : [{ property: "tag", reason }];
}
