import assert from "node:assert/strict";
import { artifactRow, countRequests, pick } from "./findings.js";
import type { Version } from "./publishing.js";
import { viewRegistry } from "./registryView.js";
import { repository, type Stage } from "./stage.js";

export async function somebodyMeddles(stage: Stage, first: Version): Promise<void> {
  const { narrator, registry, somebody } = stage;
  narrator.step(
    "Somebody meddles",
    "With another client they open both locks, and move latest to their own hotfix.",
  );
  await somebody.unlock("1.0.0");
  await somebody.unlock("latest");
  await somebody.tag("hotfix", "latest");
  const view = await viewRegistry(registry);
  const hotfix = view[`${repository}:hotfix`]?.digest ?? "";
  assert.deepEqual(view, {
    ...first.view,
    [`${repository}:1.0.0`]: { digest: first.digest, locked: false },
    [`${repository}:latest`]: { digest: hotfix, locked: false },
  });
  narrator.fact(`latest names ${hotfix} now, and 1.0.0 can be moved or deleted.`);
}

export async function refreshNamesDrift(stage: Stage): Promise<void> {
  const { narrator, emulator, pulumi } = stage;
  narrator.step(
    "A refresh names what was changed",
    "The live state is compared with the declaration. A preview saves and repairs nothing.",
  );
  narrator.command("pulumi preview --refresh");
  emulator.journal.clear();
  const run = await pulumi.preview({ refresh: true });
  const { all, writes } = countRequests(emulator);
  narrator.quote(pick(run, artifactRow("update \\["), /^\s+warning:/u));
  assert.deepEqual(run.operations, ["refresh", "update"]);
  assertNamed(run.warnings);
  assert.equal(writes, 0, "a preview wrote to the registry");
  narrator.fact(`The moved tag and the open lock are named, after ${all} requests that only read.`);
}

function assertNamed(warnings: readonly string[]): void {
  assert.equal(warnings.length, 2, "two things were changed");
  const named = [/:latest was moved/u, /:1\.0\.0 has .*writeEnabled=true/u];
  for (const one of named)
    assert.ok(
      warnings.some((warning) => one.test(warning)),
      `${one}`,
    );
}

export async function upRepairs(stage: Stage, first: Version): Promise<void> {
  const { narrator, pulumi, registry } = stage;
  narrator.step(
    "Up with a refresh repairs it",
    "What the refresh saw is reverted. If somebody had changed it again since, it would be a conflict.",
  );
  narrator.command("pulumi up --refresh");
  const run = await pulumi.up({ refresh: true });
  narrator.quote(pick(run, artifactRow("updated")));
  assert.deepEqual(run.operations, ["refresh", "update"]);
  assert.deepEqual(await viewRegistry(registry), first.view);
  narrator.fact(`1.0.0 and latest name ${first.digest} again, and are locked.`);
}
