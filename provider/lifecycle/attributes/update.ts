import { restrict, without } from "../../artifact/lock.js";
import type { Host } from "../host.js";
import { PartialFailure } from "../failures.js";
import type { CreateResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { putBackFound } from "./delete.js";
import { type AttributeKind, type AttributeState, attributesOf, type Found } from "./kind.js";
import { halfUpdated, type Released } from "./halfUpdated.js";
import { refuseThirdChange } from "./managedAttributes.js";
import { outputs, previousOf, subjectsOf } from "./state.js";
import { apply, find, foundBefore, freeToPutBack, type Live, look, open } from "./subjects.js";

/** Sets what differs, and restores what is no longer declared. */
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
  const halfway = (unset: Live, released?: readonly Released[]): CreateResult => ({
    id,
    outs: { ...olds, ...halfUpdated(state, { previous, live, wanted, unset, released }) },
  });
  await apply(repository, live, wanted, halfway, operation);
  const released = releasedBy(host, state, found, news);
  try {
    for (const { subject, ours } of released) {
      await putBackFound(repository, subject, ours, state, operation);
    }
  } catch (error) {
    throw new PartialFailure(id, halfway(new Map(), released).outs, error);
  }
  host.locks.hold(news["__urn"], previous);
  return outs;
}

/**
 * What is no longer managed: attributes that are not declared any more, or a manifest that is not locked
 * any more.
 */
function releasedBy(
  host: Host,
  state: AttributeState,
  found: Found,
  news: PropertyBag,
): readonly Released[] {
  const wanted = attributesOf(news);
  return subjectsOf(state).map((subject) => {
    const managed = found.subjects.some(({ reference }) => reference === subject.reference);
    const ours = managed ? without(state.__declared, wanted) : state.__declared;
    return { subject, ours: freeToPutBack(host, news, subject, ours, news["__urn"]) };
  });
}
