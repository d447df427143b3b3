import { isAcrError } from "pulumi-acr/client";
import { CLOSED, OPEN } from "../world.js";
import type { Walker } from "./walker.js";
import type { SomebodyStep } from "./steps.js";

/** Somebody else does something; what the registry refuses to them is not done. */
export async function act(walker: Walker, step: SomebodyStep): Promise<void> {
  try {
    await attempt(walker, step);
  } catch (error) {
    if (!isAcrError(error) || !["LOCKED", "NOT_FOUND", "REJECTED"].includes(error.code))
      throw error;
  }
}

async function attempt({ world, excuses }: Walker, step: SomebodyStep): Promise<void> {
  const { somebody } = world;
  const { tag, of } = step;
  const { manifests } = await world.holdings();
  const digest = [...manifests.keys()].sort()[of % manifests.size] ?? world.theirs;
  switch (step.act) {
    case "publish":
      world.addForeign(await somebody.publish(`theirs ${of}`, tag));
      excuses.theirTag(tag);
      return;
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
      world.addForeign(await somebody.publish(`about ${of}`, undefined, digest));
      return;
    case "index":
      world.addForeign(await somebody.publishIndex(digest, undefined, "theirs"));
  }
}
