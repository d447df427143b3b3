import { type NamedAttributes, namesOf } from "../../artifact/lock.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import type { AttributeState } from "./kind.js";
import { putBack, type Subject } from "./managedAttributes.js";
import { subjectsOf } from "./state.js";
import { open } from "./subjects.js";

/** Puts back what was found, where the live value is still ours and nobody else declares it. */
export async function deleteAttributes(
  host: Host,
  id: string,
  bag: PropertyBag,
  operation: Operation,
): Promise<void> {
  const state = bag as unknown as AttributeState;
  if (host.locks.wasCreated(state.__urn, id)) return;
  const repository = open(host, bag);
  host.locks.forget(state.__urn);
  for (const subject of subjectsOf(state)) {
    const { __declared: ours, __urn } = state;
    await putBackUnlessHeld(host, repository, subject, ours, state, __urn, operation);
  }
}

export async function putBackUnlessHeld(
  host: Host,
  repository: Repository,
  subject: Subject,
  ours: NamedAttributes,
  state: AttributeState,
  urn: unknown,
  operation: Operation,
): Promise<void> {
  if (namesOf(ours).length === 0) return;
  if (host.locks.isHeldByAnother(subject.reference, urn)) return;
  const previous = state.__previous[subject.reference] ?? {};
  await putBack(repository.attributes, subject, ours, previous, operation);
}
