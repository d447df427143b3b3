import { refreshNamesDrift, somebodyMeddles, upRepairs } from "./drift.js";
import { destroyLeavesWhatIsNotOurs } from "./leaving.js";
import { nextVersion, nothingChanged, previewTellsDigest, upPublishes } from "./publishing.js";
import type { Stage } from "./stage.js";
import { viewRegistry } from "./registryView.js";

/** The whole demo. Every step throws if its result is wrong. */
export async function tellStory(stage: Stage): Promise<void> {
  await stage.somebody.publish("hotfix", "a rule that somebody tries out\n");
  const theirs = await viewRegistry(stage.registry);
  const digest = await previewTellsDigest(stage);
  const first = await upPublishes(stage, digest, theirs);
  await nothingChanged(stage);
  await somebodyMeddles(stage, first);
  await refreshNamesDrift(stage);
  await upRepairs(stage, first);
  const second = await nextVersion(stage, first, theirs);
  await destroyLeavesWhatIsNotOurs(stage, first, second, theirs);
}
