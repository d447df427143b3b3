import { ABSENT, describeDrift } from "../../artifact/drift.js";
import type { Drift } from "../../artifact/foundDrift.js";
import { inspectTag } from "../../artifact/tags.js";
import type { Digest } from "../../oci/digest.js";
import { isTag, parseReference } from "../../oci/reference.js";
import { notAnId, notFound, registryToGetFrom } from "../getById.js";
import type { Host } from "../host.js";
import type { PropertyBag, ReadResult } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { asInputs } from "./inputs.js";
import { asState, inputsOf, outputsOf } from "./state.js";

/** The live tag, also as inputs, so that the engine shows where `up` will move it. */
export async function readTag(
  host: Host,
  id: string,
  bag: PropertyBag,
  operation: Operation,
): Promise<ReadResult | undefined> {
  const { repository: name, tag, __declared: declared } = asState(bag);
  const live = await inspectTag(host.registry(bag).repository(name), tag, operation);
  const expected = declared.digest;
  if (live === undefined) {
    const gone = { kind: "tag-deleted", subject: id, expected, actual: ABSENT } as const;
    operation.log.warn(describeDrift(gone));
    return undefined;
  }
  const { digest, since } = live;
  const drift: Drift[] =
    digest === expected
      ? []
      : [{ kind: "tag-moved", subject: id, expected, actual: digest, since }];
  for (const one of drift) operation.log.warn(describeDrift(one));
  const outs = { ...stillOpen(bag, digest), digest, drift };
  return { id, outs, inputs: inputsOf(outs) };
}

/**
 * After a put without an answer, the former digest of the tag remains ours while the tag names it.
 * Otherwise the put succeeded or somebody else moved the tag, and a later return to it is not ours.
 */
function stillOpen(bag: PropertyBag, live: Digest): PropertyBag {
  const { __former: former, ...settled } = bag;
  return former === live ? bag : settled;
}

/** Reads a tag that somebody else manages, by its id; it must exist. */
export async function getTag(
  host: Host,
  id: string,
  given: PropertyBag,
  operation: Operation,
): Promise<ReadResult> {
  const parsed = parseReference(id);
  if (parsed === undefined || !isTag(parsed.reference)) {
    throw notAnId("ArtifactTag", id, "<login server>/<repository>:<tag>");
  }
  const { repository: name, reference: tag } = parsed;
  const registry = registryToGetFrom(host, parsed.loginServer, given);
  const live = await inspectTag(host.registry({ registry }).repository(name), tag, operation);
  if (live === undefined) throw notFound("ArtifactTag", id);
  const { digest } = live;
  const outs = outputsOf(asInputs({ repository: name, tag, digest, registry, reference: id }));
  return { id, outs, inputs: outs };
}
