import { describeAttributes, type NamedAttributes, namesOf } from "../../artifact/lock.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { AttributeState } from "./kind.js";
import { putBack, type Subject } from "./managedAttributes.js";
import { subjectsOf } from "./state.js";
import { freeToPutBack, open } from "./subjects.js";

/**
 * Restores the previous values, where the live value is still ours and no other resource declares it.
 */
export async function deleteAttributes(
  host: Host,
  bag: PropertyBag,
  operation: Operation,
): Promise<void> {
  const state = bag as unknown as AttributeState;
  // The create of a replacement may come later, and with `--replace` there was no `diff`.
  host.locks.remember(state.__previous);
  const repository = open(host, bag);
  for (const subject of subjectsOf(state)) {
    const ours = freeToPutBack(host, bag, subject, state.__declared);
    await putBackFound(repository, subject, ours, state, operation);
    tellLoss(host, subject, state, operation);
  }
}

/**
 * Warns that a resource created in this run, without knowing this one, took our values for the original
 * ones: a resource renamed without an alias, or the replacement caused by `--replace`.
 */
function tellLoss(
  host: Host,
  { reference }: Subject,
  state: AttributeState,
  { log }: Operation,
): void {
  const previous = state.__previous[reference] ?? {};
  const heir = host.locks.heirOf(reference, { previous, declared: state.__declared });
  if (heir === undefined) return;
  const isReplacement = heir === state.__urn;
  log.warn(
    `${reference} stays as it is for ${isReplacement ? "its replacement" : heir}, which takes this for what was there before, and ` +
      `will leave it so. It was ${describeAttributes(previous)}: put that back when it goes. ` +
      (isReplacement ? REPLACED_WITH_REFRESH : "A renamed resource with an alias remembers"),
  );
}

const REPLACED_WITH_REFRESH =
  "Of what it replaces, a resource is told only by --refresh (as in `pulumi up --refresh --replace`)";

/** Restores the previous value of each of these attributes that is still as we set it. */
export async function putBackFound(
  repository: Repository,
  subject: Subject,
  ours: NamedAttributes,
  state: AttributeState,
  operation: Operation,
): Promise<void> {
  if (namesOf(ours).length === 0) return;
  const previous = state.__previous[subject.reference] ?? {};
  await putBack(repository.attributes, subject, ours, previous, operation);
}
