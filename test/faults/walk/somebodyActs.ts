import { isAcrError } from "pulumi-acr/client";
import { CLOSED, OPEN } from "../world.js";
import type { World } from "../world.js";
import type { Place } from "./place.js";
import { RELEASE } from "./resources.js";
import type { SomebodyStep } from "./steps.js";

/** Somebody else acts; actions that the registry refuses have no effect. */
export async function act(place: Place, step: SomebodyStep): Promise<void> {
  place.touch();
  try {
    await attempt(place, step);
  } catch (error) {
    if (!isAcrError(error) || !["LOCKED", "NOT_FOUND", "REJECTED"].includes(error.code))
      throw error;
  }
}

async function attempt({ world, excuses }: Place, step: SomebodyStep): Promise<void> {
  const { somebody } = world;
  const { tag, of, place = "here" } = step;
  if (step.act === "publish") {
    world.addForeign(await somebody.publish(`theirs ${of} ${place}`, tag));
    excuses.theirTag(tag);
    return;
  }
  const { manifests } = await world.holdings();
  const digest = [...manifests.keys()].sort()[of % manifests.size];
  // A policy may have deleted everything.
  if (digest === undefined) return;
  switch (step.act) {
    case "tag":
      await somebody.tag(tag, digest);
      excuses.theirTag(tag);
      return;
    case "untag":
      return somebody.untag(tag);
    case "lock tag":
      return somebody.setTagAttributes(tag, CLOSED);
    case "open tag":
      return somebody.setTagAttributes(tag, OPEN);
    case "lock manifest":
      return somebody.setManifestAttributes(digest, CLOSED);
    case "open manifest":
      return somebody.setManifestAttributes(digest, OPEN);
    case "delete manifest":
      await somebody.deleteManifest(digest);
      world.noteRemoved(digest);
      return;
    case "refer":
      world.addForeign(await somebody.publish(`about ${of} ${place}`, undefined, digest));
      return;
    case "index":
      world.addForeign(await somebody.publishIndex(digest, undefined, `theirs ${place}`));
  }
}

/** An index of two with an SBOM of one of them and a signature of the whole; answers its digest. */
export async function publishRelease(world: World): Promise<string> {
  const { somebody } = world;
  const [one, other] = [await somebody.publish("amd64"), await somebody.publish("arm64")];
  const index = await somebody.publishIndex([one, other], RELEASE);
  const sbom = await somebody.publish("its sbom", undefined, one);
  const signature = await somebody.publish("its signature", undefined, index);
  for (const digest of [one, other, index, sbom, signature]) world.addForeign(digest);
  return index;
}
