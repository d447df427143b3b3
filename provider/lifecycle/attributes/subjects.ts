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

/** Finds the subjects whose attributes to set. Throws if one is missing or not as required. */
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

/** The values to restore later. The attributes of a repository are not affected by artifacts' locks. */
export function foundBefore(
  host: Host,
  bag: PropertyBag,
  { subject, reference }: Subject,
  live: NamedAttributes,
): NamedAttributes {
  if (subject === undefined) return host.locks.previousOf(reference, live);
  return foundBeforeUs(host, baseOf(bag), subject, live);
}

/**
 * The attributes among these that no resource of the program manages or locks, except for the given one.
 */
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
 * Sets the attributes, subject by subject. Once one of them may be set, a failure is a partial one,
 * because the previous values must not be forgotten. `halfway` returns what to record, given the subjects
 * that may not be set.
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

/** Describes what is not set, or may not be, as drift, so that the next run may repair it. */
export function driftOf(unset: Live, wanted: NamedAttributes): Drift[] {
  return [...unset].flatMap(([subject, found]) => attributeDrift(subject, found, wanted));
}
