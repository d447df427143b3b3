import { describeDrift } from "../../artifact/drift.js";
import type { Drift } from "../../artifact/foundDrift.js";
import { notAnId, notFound, registryToGetFrom } from "../getById.js";
import type { Host } from "../host.js";
import type { PropertyBag, ReadResult } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { type AttributeKind, type AttributeState, baseOf, withAttributes } from "./kind.js";
import { attributeDrift } from "./managedAttributes.js";
import { inputsOf, liveAttributes, outputs } from "./state.js";
import { look, open } from "./subjects.js";

/** The live attributes, also as inputs, so that the engine shows what `up` will repair. */
export async function readAttributes(
  kind: AttributeKind,
  host: Host,
  id: string,
  bag: PropertyBag,
  operation: Operation,
): Promise<ReadResult | undefined> {
  const state = bag as unknown as AttributeState;
  const repository = open(host, bag);
  const found = await kind.find(repository, baseOf(bag), bag, state, operation);
  if (found === undefined) return undefined;
  const live = await look(repository, found, operation);
  const declared = state.__declared;
  const drift: Drift[] = [
    ...found.drift,
    ...[...live].flatMap(([subject, attributes]) => attributeDrift(subject, attributes, declared)),
  ];
  for (const one of drift) operation.log.warn(describeDrift(one));
  const shown = liveAttributes(declared, [...live.values()]);
  const inputs = withAttributes({ ...inputsOf(bag), ...kind.liveInputs(state, found) }, shown);
  const tagDigest = found.drift.length > 0 ? state.tagDigest : found.tagDigest;
  return { id, outs: { ...withAttributes(bag, shown), tagDigest, drift }, inputs };
}

/** Reads attributes that somebody else manages, by the resource's id; the subject must exist. */
export async function getAttributes(
  kind: AttributeKind,
  host: Host,
  id: string,
  given: PropertyBag,
  operation: Operation,
): Promise<ReadResult> {
  const named = kind.fromId(id);
  if (named === undefined) throw notAnId(kind.name, id, kind.idForm);
  const registry = registryToGetFrom(host, String(named["loginServer"]), given);
  const inputs = kind.complete({ ...named, loginServer: undefined, registry });
  const repository = open(host, inputs);
  const found = await kind.find(repository, baseOf(inputs), inputs, undefined, operation);
  const [first] = found === undefined ? [] : (await look(repository, found, operation)).values();
  if (found === undefined || first === undefined) throw notFound(kind.name, id);
  const outs = { ...outputs(withAttributes(inputs, first), found, {}), __declared: first };
  return { id, outs, inputs: outs };
}
