import { type NamedAttributes, restrict, without } from "../../artifact/lock.js";
import type { Host } from "../host.js";
import { PartialFailure } from "../failures.js";
import type { CreateResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { putBackFound } from "./delete.js";
import { type AttributeKind, type AttributeState, attributesOf, type Found } from "./kind.js";
import { type Previous, refuseThirdChange, type Subject } from "./managedAttributes.js";
import { outputs, previousOf, subjectsOf } from "./state.js";
import {
  apply,
  driftOf,
  find,
  foundBefore,
  freeToPutBack,
  type Live,
  look,
  open,
} from "./subjects.js";

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
    if (subject.reference in state.__previous && !host.locks.wasOpened(subject.reference)) {
      refuseThirdChange(subject, attributes, wanted, old, state.drift);
    }
  }
  const previous = previousOf(state, live, (subject, attributes) =>
    foundBefore(host, news, subject, restrict(attributes, wanted)),
  );
  const outs = outputs(news, found, previous);
  const halfway = (unset: Live): CreateResult => ({
    id,
    outs: { ...olds, ...halfUpdated(state, previous, unset) },
  });
  await apply(repository, live, wanted, halfway, operation);
  try {
    for (const { subject, ours } of released(host, state, found, news)) {
      await putBackFound(repository, subject, ours, state, operation);
    }
  } catch (error) {
    throw new PartialFailure(id, halfway(new Map()).outs, error);
  }
  host.locks.hold(news["__urn"], previous);
  return outs;
}

/**
 * After a failure the old state still stands, what it has to put back included; only what was found
 * at new subjects is added, which may have been set.
 */
function halfUpdated(
  state: AttributeState,
  previous: Previous,
  unset: Live,
): Pick<AttributeState, "__previous" | "drift"> {
  const merged = Object.entries(previous).map(([reference, found]) => [
    reference,
    { ...found, ...state.__previous[reference] },
  ]);
  const fresh = [...unset].filter(([{ reference }]) => !(reference in state.__previous));
  return {
    __previous: { ...state.__previous, ...(Object.fromEntries(merged) as Previous) },
    drift: [...state.drift, ...driftOf(new Map(fresh), state.__declared)],
  };
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
    return { subject, ours: freeToPutBack(host, news, subject, ours, news["__urn"]) };
  });
}
