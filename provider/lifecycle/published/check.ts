import { LOCKED } from "../../artifact/lock.js";
import { formatReference } from "../../oci/reference.js";
import { asCheckFailure } from "../failures.js";
import type { Host } from "../host.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import { ignoredInputs } from "../ignoredInputs.js";
import type { CheckResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { checkRegistry } from "../registryCheck.js";
import { withUploadReport } from "../uploadReport.js";
import { containsUnknown, isUnknown, UNKNOWN } from "../../arguments/unknown.js";
import type { ContentKind } from "./contentKind.js";
import type { ArtifactInputs } from "./inputs.js";
import { asInputs, claimOfInputs, loginServerOf } from "./state.js";

/** Validates, packs, and adds the derived inputs. */
export async function checkArtifact(
  content: ContentKind,
  host: Host,
  { olds, news }: { readonly olds: PropertyBag; readonly news: PropertyBag },
  operation: Operation,
): Promise<CheckResult> {
  const ignored = ignoredInputs([...content.derived, "reference"], olds, news);
  if (ignored === "everything") {
    return { inputs: news, failures: declare(host, news, operation) };
  }
  if (ignored !== undefined) return { inputs: news, failures: [ignored] };
  const failures = [...content.validate(news)];
  const registry = checkRegistry(host, news, failures);
  failures.push(...registry.failures);
  if (failures.length > 0) return { inputs: news, failures };
  const given = { ...news, lock: normalizedLock(news["lock"]), registry: registry.registry };
  try {
    const derived = await derive(content, host, { olds, given }, operation);
    const inputs = { ...given, ...derived, reference: referenceOf({ ...given, ...derived }) };
    return { inputs, failures: declare(host, inputs, operation) };
  } catch (error) {
    const failure = asCheckFailure(error);
    if (failure === undefined) throw error;
    const property = content.writtenProperty(failure.property, news);
    return { inputs: news, failures: [{ ...failure, property }] };
  }
}

function derive(
  content: ContentKind,
  host: Host,
  { olds, given }: { readonly olds: PropertyBag; readonly given: PropertyBag },
  operation: Operation,
): Promise<PropertyBag> {
  return withUploadReport(operation.log, async (report) => {
    report.phase("packing");
    const found = await content.derive(host, olds, given, operation);
    report.phase("packed");
    return found;
  });
}

/**
 * `true` means the usual lock. It is written out, so that it can be compared with the service's answer.
 */
function normalizedLock(lock: unknown): unknown {
  if (lock === true) return LOCKED;
  if (lock === false) return undefined;
  return typeof lock === "object" && lock !== null && Object.keys(lock).length === 0
    ? undefined
    : lock;
}

function referenceOf(inputs: PropertyBag): string | undefined {
  const { registry, repository, digest } = asInputs(inputs);
  if ((digest as unknown) === undefined) return undefined;
  const unknown = [registry.loginServer, repository, digest].some(isUnknown);
  return unknown
    ? UNKNOWN
    : formatReference(loginServerOf(registry.loginServer), repository, digest);
}

/** Records the declaration, and finds resources that would fight over a tag. */
function declare(host: Host, inputs: PropertyBag, { log }: Operation): CheckFailure[] {
  const urn = inputs["__urn"];
  if (
    typeof urn !== "string" ||
    inputs["reference"] === undefined ||
    isUnknown(inputs["reference"]) ||
    containsUnknown(inputs["tags"])
  ) {
    return [];
  }
  const claim = claimOfInputs(asInputs(inputs));
  host.ownership.declare(urn, claim);
  const untagged = host.ownership.untaggedTwin(urn, claim);
  if (untagged !== undefined) log.warn(withoutTrace(untagged, asInputs(inputs)));
  return Object.keys(claim.tags).flatMap((tag, index) => {
    const reason = host.ownership.rivalry(urn, claim, tag);
    return reason === undefined ? [] : [{ property: `tags[${index}]`, reason }];
  });
}

/**
 * Warns that a run with `--target` only knows its targets, so that only a tag would reveal another owner.
 */
function withoutTrace(urn: string, { reference }: ArtifactInputs): string {
  return (
    `${reference} is published by two resources, and ${urn} puts no tag on it: with --target the one can be ` +
    `removed, and the manifest with it, although the other one still declares it. Give each a tag, or publish it once`
  );
}
