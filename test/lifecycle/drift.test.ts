import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Emulator } from "pulumi-acr/emulator";
import { describeDrift } from "../../provider/artifact/drift.js";
import type { Drift } from "../../provider/artifact/foundDrift.js";
import type { Digest } from "../../provider/oci/digest.js";
import { type Declaration, type MiniEngine, type MiniRun } from "../support/miniEngine.js";
import { requestsTo, writesTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";
import { type Somebody } from "../support/somebody.js";
import {
  artifact,
  ARTIFACT_DRIFT,
  ATTRIBUTE_DRIFT,
  type DriftRow,
  REPOSITORY,
  type Scene,
} from "./driftRows.js";

describe("drift", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;

  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));

  const sceneOf = (theirs: string): Scene => {
    const {
      digest,
      configDescriptor,
      layerDescriptors = [],
    } = engine.resource("app").outputs as unknown as Outputs;
    const [layer] = layerDescriptors;
    const base = `${emulator.loginServer}/${REPOSITORY}`;
    const none = digest as Digest;
    return {
      somebody,
      base,
      digest,
      config: configDescriptor?.digest ?? none,
      layer: layer?.digest ?? none,
      theirs,
    };
  };
  const warnings = ({ messages }: MiniRun): string[] =>
    messages
      .filter(({ severity, resource }) => severity === "warning" && resource === "app")
      .map(({ text }) => text);
  const driftNow = (): Drift[] => engine.resource("app").outputs["drift"] as Drift[];

  for (const [name, row] of Object.entries({ ...ARTIFACT_DRIFT, ...ATTRIBUTE_DRIFT })) {
    it(`${name}: refresh reports it, and up repairs it`, async () => {
      const theirs = await somebody.publish("theirs", "theirs");
      const program = row.program({ theirs });
      await engine.up(program);
      const scene = sceneOf(theirs);
      await row.mutate(scene);
      const before = engine.state;

      emulator.journal.clear();
      const preview = await engine.preview(program, { refresh: true });
      assert.deepEqual(writesTo(emulator), []);
      assert.equal(engine.state, before, "a preview saves nothing");
      assert.equal(preview.operations["app"], row.drift === undefined ? "create" : "update");
      assert.deepEqual(preview.changes["app"] ?? [], row.changes);

      const refresh = await engine.refresh();
      const shown = row.drift === undefined ? [] : driftNow();
      assert.deepEqual(comparable(shown), row.drift?.(scene) ?? []);
      assert.deepEqual(warnings(refresh), shown.map(describeDrift));
      assert.deepEqual(warnings(preview), warnings(refresh));

      engine.state = before;
      emulator.journal.clear();
      await engine.up(program, { refresh: true });
      assert.deepEqual(writesTo(emulator), row.writes);
      assert.deepEqual(driftNow(), []);

      emulator.journal.clear();
      const again = await engine.up(program);
      assert.deepEqual(again.operations, { app: "same" });
      assert.deepEqual(requestsTo(emulator), []);
      const quiet = await engine.refresh();
      assert.deepEqual([quiet.operations, quiet.messages], [{ app: "same" }, []]);
    });
  }

  const says = (pattern: RegExp) => (error: Error) => {
    assert.match(error.message, pattern);
    return true;
  };

  describe("a further change between refresh and up is a conflict without any write:", () => {
    const CLOSED = { deleteEnabled: false, writeEnabled: false };
    const inputs = { repository: REPOSITORY, tag: "theirs" };
    const lock: Declaration = { name: "app", kind: "TagLock", inputs };
    const rows: Record<string, ThirdChange> = {
      "a tag moved twice": {
        program: () => [artifact()],
        seen: ({ theirs }) => somebody.tag("v1", theirs),
        third: () => somebody.publish("a third", "v1"),
        message: /:v1 was changed again: it names sha256:\w+; the state says sha256:\w+/,
      },
      "a deleted tag that now names something else": {
        program: () => [artifact()],
        seen: () => somebody.untag("v1"),
        third: ({ theirs }) => somebody.tag("v1", theirs),
        message: /:v1 was changed again: it names sha256:\w+; the state says absent/,
      },
      "attributes of a tag": {
        program: () => [artifact({ lock: { ...CLOSED, listEnabled: false } })],
        seen: () => somebody.setTagAttributes("v1", { writeEnabled: true }),
        third: () => somebody.setTagAttributes("v1", { listEnabled: true }),
        message:
          /:v1 was changed again: it has .*listEnabled=true, the last refresh saw .*listEnabled=false/,
      },
      "attributes of a manifest": {
        program: () => [artifact({ lock: true })],
        seen: ({ digest }) => somebody.setManifestAttributes(digest, { writeEnabled: true }),
        third: ({ digest }) => somebody.setManifestAttributes(digest, { deleteEnabled: true }),
        message: /@sha256:\w+ was changed again: it has deleteEnabled=true/,
      },
      "a TagLock's tag": {
        program: () => [lock],
        seen: () => somebody.setTagAttributes("theirs", { writeEnabled: true }),
        third: () => somebody.setTagAttributes("theirs", { deleteEnabled: true }),
        message:
          /:theirs was changed by somebody else: it has .*the state says .*writeEnabled=true/,
      },
      "a TagLock's manifest": {
        program: () => [lock],
        seen: ({ theirs }) => somebody.setManifestAttributes(theirs, { writeEnabled: true }),
        third: ({ theirs }) => somebody.setManifestAttributes(theirs, { deleteEnabled: true }),
        message: /@sha256:\w+ was changed by somebody else/,
      },
      ManifestProperties: {
        program: ({ theirs }) => [
          {
            name: "app",
            kind: "ManifestProperties",
            inputs: { repository: REPOSITORY, digest: theirs, ...CLOSED },
          },
        ],
        seen: ({ theirs }) => somebody.setManifestAttributes(theirs, { writeEnabled: true }),
        third: ({ theirs }) => somebody.setManifestAttributes(theirs, { deleteEnabled: true }),
        message: /@sha256:\w+ was changed by somebody else/,
      },
    };
    for (const [name, { program: declare, seen, third, message }] of Object.entries(rows)) {
      it(name, async () => {
        const theirs = await somebody.publish("theirs", "theirs");
        const program = declare({ theirs });
        await engine.up(program);
        const scene = sceneOf(theirs);
        await seen(scene);
        await engine.refresh();
        await third(scene);
        const before = engine.state;
        emulator.journal.clear();
        await assert.rejects(engine.up(program), says(message));
        await assert.rejects(engine.up(program), says(/\[CONFLICT\]$/));
        assert.deepEqual(writesTo(emulator), []);
        assert.deepEqual(engine.state, before);
        await engine.up(program, { refresh: true });
        assert.deepEqual(driftNow(), []);
        assert.deepEqual((await engine.refresh()).messages, []);
      });
    }
  });
});

interface ThirdChange {
  readonly program: DriftRow["program"];
  readonly seen: (scene: Scene) => Promise<unknown>;
  readonly third: (scene: Scene) => Promise<unknown>;
  readonly message: RegExp;
}

interface Outputs {
  readonly digest: string;
  readonly configDescriptor?: { readonly digest: Digest };
  readonly layerDescriptors?: readonly { readonly digest: Digest }[];
}

/** Replaces times of the emulator and digests of later publications, which vary. */
function comparable(drift: readonly Drift[]): Drift[] {
  const moved = drift.find(
    ({ kind, subject }) => kind === "tag-moved" && subject.endsWith(":theirs"),
  );
  return drift.map((one) => ({
    ...one,
    ...(moved === undefined
      ? {}
      : {
          subject: one.subject.replace(moved.actual, "another"),
          actual: one.actual.replace(moved.actual, "another"),
        }),
    ...(one.since === undefined ? {} : { since: checkedTime(one.since) }),
  }));
}

function checkedTime(since: string): string {
  assert.match(since, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/);
  return "then";
}
