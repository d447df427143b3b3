import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { declare } from "../support/declare.js";
import { EngineStack, environmentFor } from "../support/engine.js";
import { type Bag, type Declaration, MiniEngine, type Program } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const REPOSITORY = "team/app";
type Options = Omit<Declaration, "name" | "kind" | "inputs">;

function artifact(name: string, content: string, options: Options = {}, more: Bag = {}) {
  const layers = [{ content }];
  const artifactType = "application/vnd.example";
  const inputs = { repository: REPOSITORY, artifactType, layers, onReplace: "delete", ...more };
  return { name, kind: "OciArtifact", inputs, ...options } satisfies Declaration;
}

/** A new digest replaces these properties, while it only updates the tag below. */
const PROPERTIES: Declaration = {
  name: "properties",
  kind: "ManifestProperties",
  inputs: (of) => ({ repository: REPOSITORY, digest: of("first")["digest"], writeEnabled: false }),
};
const TAG: Declaration = {
  name: "tag",
  kind: "ArtifactTag",
  inputs: (of) => ({
    repository: REPOSITORY,
    tag: "latest",
    digest: of("first")["digest"],
    onConflict: "move",
  }),
};

const DELETED_FIRST: Options = { deleteBeforeReplace: true };
const first = (content: string, options: Options = DELETED_FIRST, more: Bag = {}): Program => [
  artifact("first", content, options, more),
  PROPERTIES,
  TAG,
];
/** Somebody else has this tag, so that only the create fails. */
const CONFLICT = { tags: ["taken"] };

/** Each run builds on the one before. */
const RUNS: Readonly<Record<string, Program>> = {
  "create all": [
    ...first("one"),
    artifact("before", "alias"),
    artifact("kept", "kept", { retainOnDelete: true }),
    artifact("late", "late"),
    artifact("freed", "freed", { retainOnDelete: true }),
  ],
  "replace all, one under a new name": [
    ...first("two"),
    artifact("renamed", "alias two", { aliases: ["other", "before"] }),
    artifact("kept", "kept two", { retainOnDelete: true }),
    // The option has no effect on what the same run replaces.
    artifact("late", "late two", { retainOnDelete: true }),
    artifact("freed", "freed"),
  ],
  "rename one, and remove the retained ones from the program": [
    ...first("two"),
    artifact("again", "alias two", { aliases: ["renamed"] }),
  ],
  "delete first, and fail to create": first("three", DELETED_FIRST, CONFLICT),
  "refresh, and create what is still missing": first("four"),
  "fail again": first("five", DELETED_FIRST, CONFLICT),
  "create without deleteBeforeReplace": first("six", {}),
  "fail once more": first("seven", DELETED_FIRST, CONFLICT),
  "remove everything": [],
};
/** Runs with a refresh, which act on what only the state tells. */
const REFRESHED = new Set(["refresh, and create what is still missing"]);

/** Resources whose calls are sequential on the real engine too. */
const FAMILIES = [
  ["first", "properties"],
  ["first", "tag"],
  ["before", "renamed", "again"],
  ["kept"],
  ["late"],
  ["freed"],
];

describe("the mini engine makes the calls of the real one and keeps the same state:", function () {
  this.timeout(120_000);
  let emulators: Emulator[];
  let stack: EngineStack;
  let engine: MiniEngine;
  let folder: TemporaryFolder;

  before(async () => {
    emulators = await Promise.all([startEmulator(), startEmulator()]);
    const [real, mini] = emulators.map(environmentFor);
    for (const emulator of emulators) {
      const somebody = new Somebody(emulator, REPOSITORY);
      await somebody.publish("somebody's", "taken");
      somebody.close();
    }
    folder = new TemporaryFolder();
    const noting = {
      NODE_OPTIONS: `--require ${join(__dirname, "../support/noteCalls.js")}`,
      NOTE_CALLS_IN: join(folder.path, "calls"),
    };
    stack = await EngineStack.create({ environment: { ...real, ...noting } });
    engine = new MiniEngine({ environment: mini });
  });
  after(async () => {
    stack.remove();
    folder.remove();
    await Promise.all(emulators.map((emulator) => emulator.close()));
  });

  const realCalls = (): string[] => {
    const file = join(folder.path, "calls");
    const calls = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    rmSync(file, { force: true });
    return calls;
  };
  const failureOf = (running: Promise<unknown>): Promise<string> =>
    running.then(
      () => "none",
      (error: unknown) => String(error),
    );

  for (const [title, program] of Object.entries(RUNS)) {
    it(title, async () => {
      const refresh = REFRESHED.has(title);
      const miniCalls: string[] = [];
      engine.onCall = (call) => miniCalls.push(call);
      const miniFailure = await failureOf(engine.up(program, { refresh }));
      stack.program = () => {
        declare(program);
        return Promise.resolve();
      };
      const realFailure = await failureOf(stack.up({ refresh }));
      const both = `${miniFailure}\nand ${realFailure}`;
      assert.equal(miniFailure === "none", realFailure === "none", both);
      const calls = realCalls();
      for (const names of FAMILIES) {
        assert.deepEqual(callsOf(names, miniCalls), callsOf(names, calls), names.join(" and "));
      }
      assert.deepEqual(keptBy(engine.state), inState(await stack.exportState()));
    });
  }
});

/** Calls for one of these names. A call for a renamed resource has both; the last one counts. */
function callsOf(names: readonly string[], calls: readonly string[]): string[] {
  return calls.filter((call) => names.includes(/.* ([\w-]+)\(/.exec(call)?.[1] ?? ""));
}

interface Kept {
  readonly urn: string;
  readonly id?: string;
  readonly delete?: boolean;
  readonly pendingDelete?: boolean;
  readonly pendingReplacement?: boolean;
  readonly retainOnDelete?: boolean;
  readonly propertyDependencies?: Bag;
  readonly dependencies?: Bag;
}

function keptBy(states: readonly Kept[]): unknown[] {
  const kept = states.map((one) => ({
    ...{ urn: one.urn, reference: one.id?.replace(/^[^/]*/, "") },
    pendingDelete: one.pendingDelete ?? false,
    pendingReplacement: one.pendingReplacement ?? false,
    retainOnDelete: one.retainOnDelete ?? false,
    dependencies: one.dependencies ?? {},
  }));
  return kept.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function inState(exported: string): unknown[] {
  const { deployment } = JSON.parse(exported) as { deployment: { resources?: readonly Kept[] } };
  const ours = (deployment.resources ?? []).filter(({ urn }) => urn.includes("dynamic/acr:"));
  return keptBy(
    ours.map((one) => ({
      ...one,
      pendingDelete: one.delete ?? false,
      dependencies: Object.fromEntries(
        Object.entries(one.propertyDependencies ?? {}).filter(
          ([, urns]) => (urns as string[] | null)?.length,
        ),
      ),
    })),
  );
}
