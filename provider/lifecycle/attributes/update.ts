import { type NamedAttributes, namesOf } from "../../artifact/lock.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { putBackFound } from "./delete.js";
import { type AttributeKind, type AttributeState, attributesOf, type Found } from "./kind.js";
import { refuseThirdChange, type Subject } from "./managedAttributes.js";
import { outputs, previousOf, subjectsOf } from "./state.js";
import { apply, find, look, open } from "./subjects.js";

/** Sets what differs, and puts back what is no longer declared. */
export async function updateAttributes(
  kind: AttributeKind,
  host: Host,
  id: string,
  { olds, news }: { readonly olds: PropertyBag; readonly news: PropertyBag },
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
  await apply(repository, live, wanted, { id, outs }, operation);
  for (const { subject, ours } of released(host, state, found, news)) {
    await putBackFound(repository, subject, ours, state, operation);
  }
  host.locks.hold(news["__urn"], previous);
  return outs;
}

/** What is no longer managed: attributes no longer named, a manifest no longer locked. */
function released(
  host: Host,
  state: AttributeState,
  found: Found,
  news: PropertyBag,
): { subject: Subject; ours: NamedAttributes }[] {
  const wanted = attributesOf(news);
  return subjectsOf(state).map((subject) => {
    const managed = found.subjects.some(({ reference }) => reference === subject.reference);
    const ours = managed ? without(state.__declared, wanted) : state.__declared;
    return { subject, ours: host.locks.free(subject.reference, ours, news["__urn"]) };
  });
}

function without(old: NamedAttributes, wanted: NamedAttributes): NamedAttributes {
  const gone = namesOf(old).filter((name) => wanted[name] === undefined);
  return Object.fromEntries(gone.map((name) => [name, old[name]]));
}
