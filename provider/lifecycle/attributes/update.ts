import { type NamedAttributes, namesOf } from "../../artifact/lock.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { putBackUnlessHeld } from "./delete.js";
import { type AttributeKind, type AttributeState, attributesOf, type Found } from "./kind.js";
import { refuseThirdChange } from "./managedAttributes.js";
import { outputs, previousOf, subjectsOf } from "./state.js";
import { apply, find, look, open } from "./subjects.js";

/** Sets what differs, and puts back what is no longer declared. */
export async function updateAttributes(
  kind: AttributeKind,
  host: Host,
  id: string,
  olds: PropertyBag,
  news: PropertyBag,
  operation: Operation,
): Promise<PropertyBag> {
  const state = olds as unknown as AttributeState;
  const repository = open(host, news);
  const found = await find(kind, repository, news, state, operation);
  const live = await look(repository, found, operation);
  const wanted = attributesOf(news);
  const old = state.__declared;
  for (const [subject, attributes] of live) {
    if (subject.reference in state.__previous) {
      refuseThirdChange(subject, attributes, wanted, old, state.drift);
    }
  }
  const previous = previousOf(state, live, wanted);
  const outs = outputs(news, found, previous);
  await apply(repository, live, wanted, id, outs, operation);
  await release(host, repository, state, found, wanted, news, operation);
  host.locks.settled(news["__urn"], id, previous);
  return outs;
}

/** Puts back what is no longer managed: attributes no longer named, a manifest no longer locked. */
async function release(
  host: Host,
  repository: Repository,
  state: AttributeState,
  found: Found,
  wanted: NamedAttributes,
  news: PropertyBag,
  operation: Operation,
): Promise<void> {
  for (const subject of subjectsOf(state)) {
    const managed = found.subjects.some(({ reference }) => reference === subject.reference);
    const ours = managed ? without(state.__declared, wanted) : state.__declared;
    await putBackUnlessHeld(host, repository, subject, ours, state, news["__urn"], operation);
  }
}

function without(old: NamedAttributes, wanted: NamedAttributes): NamedAttributes {
  const gone = namesOf(old).filter((name) => wanted[name] === undefined);
  return Object.fromEntries(gone.map((name) => [name, old[name]]));
}
