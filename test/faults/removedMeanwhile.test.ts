import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { OCI_MANIFEST } from "pulumi-acr/client";
import type { Emulator } from "pulumi-acr/emulator";
import { parseTag } from "../../provider/oci/reference.js";
import { meanwhile } from "../support/meanwhile.js";
import {
  type Bag,
  type Declaration,
  type MiniEngine,
  type Program,
} from "../support/miniEngine.js";
import { eachWithScene } from "../support/scene.js";
import type { Somebody } from "../support/somebody.js";
import { CLOSED, OPEN } from "./world.js";

const REPOSITORY = "team/app";

function artifact(content: string, inputs: Bag = {}): Declaration {
  const common = { repository: REPOSITORY, artifactType: "application/vnd.example" };
  const layers = [{ content }];
  return { name: "app", kind: "OciArtifact", inputs: { ...common, layers, ...inputs } };
}

const lock: Declaration = {
  name: "lock",
  kind: "TagLock",
  inputs: (outputsOf) => {
    const { digest } = outputsOf("app");
    return { repository: REPOSITORY, tag: "v1", digest };
  },
};

function tag(digest: string): Declaration {
  return {
    name: "tag",
    kind: "ArtifactTag",
    inputs: { repository: REPOSITORY, tag: "v1", digest },
  };
}

interface Row {
  readonly opens: string;
  readonly before: Program;
  /** The program, given the digest published before. Without it, the stack is destroyed. */
  readonly program?: (digest: string) => Program;
  readonly path?: RegExp;
  /** Somebody removes only the tag. */
  readonly tagOnly?: boolean;
  /** What exists in the end. */
  readonly tags: readonly string[];
}

const TAG_ATTRIBUTES = /_tags\/v1$/;
const MANIFEST_ATTRIBUTES = /_manifests\/sha256/;
const locked = artifact("one", { tags: ["v1"], lock: true });

const ROWS: readonly Row[] = [
  { opens: "an artifact's tag that is to be deleted", before: [locked], tags: [] },
  {
    opens: "an artifact's manifest that is to be deleted",
    before: [locked],
    path: MANIFEST_ATTRIBUTES,
    tags: [],
  },
  {
    opens: "an artifact's tag that is to move",
    before: [locked],
    program: () => [artifact("two", { tags: ["v1"] })],
    tags: ["v1"],
  },
  {
    opens: "what a TagLock had closed",
    before: [artifact("one", { tags: ["v1"] }), lock],
    tags: [],
  },
  {
    opens: "a tag that is to be left, together with its lock",
    before: [locked],
    program: () => [artifact("one")],
    tagOnly: true,
    tags: [],
  },
  {
    opens: "a tag that it takes over from a resource that is replaced",
    before: [locked],
    program: (digest) => [artifact("two"), tag(digest)],
    tagOnly: true,
    tags: ["v1"],
  },
  {
    opens: "a tag that it takes over from a resource that drops it",
    before: [locked],
    program: (digest) => [artifact("one", { lock: true }), tag(digest)],
    tagOnly: true,
    tags: ["v1"],
  },
  {
    opens: "a tag that another resource has already",
    before: [locked],
    program: (digest) => [tag(digest), artifact("one", { lock: true })],
    tagOnly: true,
    tags: [],
  },
];

/** A deleted tag or manifest needs no unlocking. */
describe("somebody deletes what an operation is about to unlock", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));

  const tags = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const tag of somebody.repository.tags.list()) found.push(tag);
    return found;
  };
  const removeTag = async (): Promise<void> => {
    await somebody.setTagAttributes("v1", OPEN);
    await somebody.untag("v1");
  };
  const remove = async (digest: string): Promise<void> => {
    await somebody.setTagAttributes("v1", OPEN);
    await somebody.setManifestAttributes(digest, OPEN);
    await somebody.deleteManifest(digest);
  };
  const removed = async (
    operation: () => Promise<unknown>,
    path: RegExp,
    act: () => Promise<void>,
  ): Promise<void> => {
    await meanwhile(emulator, { method: "PATCH", path }, act, operation);
    const patch = emulator.journal.entries.find(({ fault }) => fault === "hold");
    assert.equal(patch?.status, 404);
  };

  for (const row of ROWS) {
    const { before, program, path = TAG_ATTRIBUTES, tagOnly = false } = row;
    it(row.opens, async () => {
      await engine.up(before);
      const digest = String(engine.resource("app").outputs["digest"]);
      await removed(
        () => (program === undefined ? engine.destroy() : engine.up(program(digest))),
        path,
        () => (tagOnly ? removeTag() : remove(digest)),
      );
      assert.deepEqual(await tags(), row.tags);
    });
  }

  it("what a RetentionPolicy is to delete", async () => {
    const digest = await somebody.publish("one", "v1");
    await somebody.setTagAttributes("v1", CLOSED);
    await somebody.publish("two", "v2");
    const inputs = { repository: REPOSITORY, keepNewest: 1, includeLocked: true };
    await removed(
      () => engine.up([{ name: "images", kind: "RetentionPolicy", inputs }]),
      TAG_ATTRIBUTES,
      () => remove(digest),
    );
    assert.deepEqual(await tags(), ["v2"]);
  });
});

describe("somebody removes what an operation has just found", () => {
  let emulator: Emulator;
  let somebody: Somebody;
  let engine: MiniEngine;
  eachWithScene(REPOSITORY, (scene) => ({ emulator, somebody, engine } = scene));

  const rows: [string, (digest: string, size: number) => Declaration, string, RegExp][] = [
    [
      "to set its attributes",
      (digest) => ({
        name: "properties",
        kind: "ManifestProperties",
        inputs: { repository: REPOSITORY, digest, deleteEnabled: false },
      }),
      "PATCH",
      /@sha256:\w+ does not exist, so its attributes cannot be set\. If the same stack .*\[NOT_FOUND\]$/,
    ],
    [
      "to name it in an index",
      (digest, size) => ({
        name: "index",
        kind: "OciIndex",
        inputs: { repository: REPOSITORY, manifests: [{ mediaType: OCI_MANIFEST, digest, size }] },
      }),
      "PUT",
      /^the index names manifests that do not exist: \S+@sha256:\w+\. Nothing was .*\[NOT_FOUND\]$/,
    ],
  ];
  for (const [purpose, declare, method, message] of rows) {
    it(`${purpose}: the error says so, and nothing is recorded`, async () => {
      await somebody.publish("one", "v1");
      const found = await somebody.repository.manifests.resolve(parseTag("v1"));
      const { digest = "", size = 0 } = found ?? {};
      await assert.rejects(
        meanwhile(
          emulator,
          { method, path: /manifests\/sha256/ },
          () => somebody.deleteManifest(digest),
          () => engine.up([declare(digest, size)]),
        ),
        { message },
      );
      assert.deepEqual(engine.state, []);
    });
  }
});
