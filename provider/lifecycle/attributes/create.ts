import { restrict } from "../../artifact/lock.js";
import type { Host } from "../host.js";
import type { CreateResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { type AttributeKind, attributesOf, baseOf } from "./kind.js";
import { outputs } from "./state.js";
import { apply, driftOf, find, foundBefore, look, open } from "./subjects.js";

/** Records the live attributes, then sets the declared ones. */
export async function createAttributes(
  kind: AttributeKind,
  host: Host,
  inputs: PropertyBag,
  operation: Operation,
): Promise<CreateResult> {
  const repository = open(host, inputs);
  const found = await find(kind, repository, inputs, undefined, operation);
  const live = await look(repository, found, operation);
  const wanted = attributesOf(inputs);
  const previous = Object.fromEntries(
    [...live].map(([subject, attributes]) => [
      subject.reference,
      foundBefore(host, inputs, subject, restrict(attributes, wanted)),
    ]),
  );
  const id = kind.id(baseOf(inputs), inputs);
  const outs = outputs(inputs, found, previous);
  // Recorded before anything is set, because another lock on the same manifest may be created at the same
  // time.
  host.locks.hold(inputs["__urn"], previous);
  await apply(
    repository,
    live,
    wanted,
    (unset) => ({ id, outs: { ...outs, drift: driftOf(unset, wanted) } }),
    operation,
  );
  return { id, outs };
}
