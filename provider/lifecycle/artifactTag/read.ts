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

/** The live tag, as input too, so that the engine shows where `up` is going to move it. */
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
 * What the tag named before a put without an answer is ours as long as the tag names it. Otherwise the put
 * was done, or somebody else has moved the tag: whoever puts it there later is not us.
 */
function stillOpen(bag: PropertyBag, live: Digest): PropertyBag {
  const { __former: former, ...settled } = bag;
  return former === live ? bag : settled;
}

/** A tag that somebody else manages, by its id; it must exist. */
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
