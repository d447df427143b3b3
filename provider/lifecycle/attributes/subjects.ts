import type { Drift } from "../../artifact/foundDrift.js";
import type { NamedAttributes } from "../../artifact/lock.js";
import type { Attributes } from "../../registry/attributes.js";
import type { Repository } from "../../registry/repository.js";
import { isRefusal, PartialFailure } from "../failures.js";
import type { Host } from "../host.js";
import type { CreateResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { type AttributeKind, type AttributeState, baseOf, type Found } from "./kind.js";
import {
  attributeDrift,
  requireAttributes,
  setAttributes,
  type Subject,
} from "./managedAttributes.js";
import { foundBeforeUs, freeOfOthers } from "../sharedLocks.js";
import { subjectNamed } from "./state.js";

/** Live attributes of each subject. */
export type Live = ReadonlyMap<Subject, Attributes>;

export function open(host: Host, bag: PropertyBag): Repository {
  return host.registry(bag).repository(String(bag["repository"]));
}

/** The subjects, for setting their attributes; what is absent or not as demanded is an error. */
export async function find(
  kind: AttributeKind,
  repository: Repository,
  inputs: PropertyBag,
  state: AttributeState | undefined,
  operation: Operation,
): Promise<Found> {
  const base = baseOf(inputs);
  const found = await kind.find(repository, base, inputs, state, operation);
  if (found !== undefined) {
    kind.require(found, base, inputs);
    return found;
  }
  const absent = subjectNamed(base, kind.id(base, inputs));
  await requireAttributes(repository.attributes, absent, operation);
  return { subjects: [], drift: [] };
}

export async function look(
  repository: Repository,
  found: Found,
  operation: Operation,
): Promise<Live> {
  const live = new Map<Subject, Attributes>();
  for (const subject of found.subjects) {
    live.set(
      subject,
      subject.attributes ?? (await requireAttributes(repository.attributes, subject, operation)),
    );
  }
  return live;
}

/** The values to put back one day. A repository's own are of concern to no artifact's lock. */
export function foundBefore(
  host: Host,
  bag: PropertyBag,
  { subject, reference }: Subject,
  live: NamedAttributes,
): NamedAttributes {
  if (subject === undefined) return host.locks.previousOf(reference, live);
  return foundBeforeUs(host, baseOf(bag), subject, live);
}

/** Of these attributes, those that no resource of the program holds or locks, but for the one named. */
export function freeToPutBack(
  host: Host,
  bag: PropertyBag,
  { subject, reference }: Subject,
  ours: NamedAttributes,
  except?: unknown,
): NamedAttributes {
  const urn = typeof except === "string" ? except : undefined;
  if (subject === undefined) return host.locks.free(reference, ours, urn);
  return freeOfOthers(host, urn, baseOf(bag), subject, ours);
}

/**
 * Sets the attributes, subject by subject. Once one of them may have been set, a failure is a partial
 * one: what was found there must not be forgotten. `halfway` says what is to be remembered, given the
 * subjects that are not known to be set.
 */
export async function apply(
  repository: Repository,
  live: Live,
  wanted: NamedAttributes,
  halfway: (unset: Live) => CreateResult,
  operation: Operation,
): Promise<void> {
  let written = 0;
  try {
    for (const [subject, attributes] of live) {
      await setAttributes(repository.attributes, subject, attributes, wanted, operation);
      written++;
    }
  } catch (error) {
    if (written === 0 && isRefusal(error)) throw error;
    const { id, outs } = halfway(new Map([...live].slice(written)));
    throw new PartialFailure(id, outs, error);
  }
}

/** What is not set, or nobody knows, shown as drift: the next run may repair it without being asked. */
export function driftOf(unset: Live, wanted: NamedAttributes): Drift[] {
  return [...unset].flatMap(([subject, found]) => attributeDrift(subject, found, wanted));
}
