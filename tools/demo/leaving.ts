import assert from "node:assert/strict";
import { artifactRow, pick } from "./findings.js";
import type { Version } from "./publishing.js";
import { published, type RegistryView, viewRegistry } from "./registryView.js";
import { repository, type Stage } from "./stage.js";

export async function destroyLeavesWhatIsNotOurs(
  stage: Stage,
  first: Version,
  second: Version,
  theirs: RegistryView,
): Promise<void> {
  const { narrator, pulumi, registry, somebody } = stage;
  narrator.step(
    "Destroy removes what the stack owns, and nothing else",
    "Before that, somebody tags version 1.1.0 as `approved`: a tag that no stack knows of.",
  );
  await somebody.tag("1.1.0", "approved");
  narrator.command("pulumi destroy");
  const run = await pulumi.destroy();
  narrator.quote(pick(run, artifactRow("deleted"), /^\s+warning:/u));
  assert.deepEqual(run.operations, ["delete"]);
  const left = {
    ...theirs,
    ...published(repository, first.digest, ["1.0.0"], true),
    ...published(repository, second.digest, ["approved"], false),
  };
  assert.deepEqual(await viewRegistry(registry), left);
  narrator.fact("1.1.0 and latest are gone. Left in the registry are exactly:");
  narrator.list([
    ["hotfix", "was there before, and is as it was"],
    ["1.0.0", "an earlier version, locked: onReplace is `retain`"],
    ["approved", "somebody's; the manifest that it names stays with it, unlocked"],
  ]);
}
