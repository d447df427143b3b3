import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Emulator } from "pulumi-acr/emulator";
import { UNKNOWN } from "../../provider/arguments/unknown.js";
import type { Bag, Declaration, Message, MiniEngine } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";
import { eachWithScene } from "../support/scene.js";

const REPOSITORY = "team/app";

function artifact(inputs: Bag): Declaration {
  return {
    name: "app",
    kind: "OciArtifact",
    inputs: {
      repository: REPOSITORY,
      artifactType: "application/vnd.example",
      tags: ["v1"],
      ...inputs,
    },
  };
}

function text(title: string, content = title): Bag {
  return { title, content };
}

describe("the explanation of changed content", () => {
  let emulator: Emulator;
  let engine: MiniEngine;
  eachWithScene(REPOSITORY, (scene) => ({ emulator, engine } = scene));

  const said = (messages: readonly Message[]): unknown[] =>
    messages
      .filter(({ text: line }) => !line.includes("stays published"))
      .map(({ resource, severity, ephemeral, text: line }) => [
        ...[resource, severity, ephemeral],
        line.replaceAll(/sha256:[0-9a-f]{12}/g, "sha256:…"),
      ]);
  const kept = (line: string): unknown[] => ["app", "info", false, line];
  /** Bytes by digest; tiny blobs are always sent, because a HEAD request would cost more. */
  const blobsSent = (): Map<string, number> =>
    new Map(
      emulator.journal.entries
        .filter(({ method, path }) => method === "POST" && path.includes("/blobs/uploads/"))
        .map(({ query, requestBytes }) => [query, requestBytes]),
    );
  const before = artifact({ layers: [text("a"), text("b"), text("c")] });
  const after = artifact({ layers: [text("a"), text("new"), text("b", "other"), text("c")] });
  const explained = kept(
    [
      "2 of 4 layers change, at most 8 B of new content to upload",
      "  + new 3 B sha256:…",
      "  ~ b 1 B sha256:… → 5 B sha256:…",
    ].join("\n"),
  );

  it("is absent for a first version", async () => {
    assert.deepEqual(said((await engine.preview([before])).messages), []);
    assert.deepEqual(said((await engine.up([before])).messages), []);
  });

  it("is shown once at preview and once at up, without a request", async () => {
    await engine.up([before]);
    emulator.journal.clear();
    assert.deepEqual(said((await engine.preview([after])).messages), [explained]);
    assert.deepEqual(requestsTo(emulator), []);
    assert.deepEqual(said((await engine.up([after])).messages), [explained]);
  });

  it("matches the bytes that up sends", async () => {
    await engine.up([before]);
    const old = blobsSent();
    emulator.journal.clear();
    await engine.up([after]);
    const fresh = [...blobsSent()].filter(([digest]) => !old.has(digest));
    assert.equal(
      fresh.reduce((sum, [, bytes]) => sum + bytes, 0),
      8,
    );
  });

  const quiet: Readonly<Record<string, Declaration>> = {
    "nothing changes": before,
    "only tags change": artifact({ layers: [text("a"), text("b"), text("c")], tags: ["v1", "v2"] }),
    "the change is not known yet": artifact({
      layers: [text("a"), text("b"), { title: "c", content: UNKNOWN }],
    }),
  };
  for (const [name, program] of Object.entries(quiet)) {
    it(`is absent if ${name}`, async () => {
      await engine.up([before]);
      assert.deepEqual(said((await engine.preview([program])).messages), []);
    });
  }

  it("is absent at a refresh", async () => {
    await engine.up([before]);
    assert.deepEqual(said((await engine.refresh()).messages), []);
    assert.deepEqual(said((await engine.up([before], { refresh: true })).messages), []);
  });

  it("names annotations without their values", async () => {
    const layers = [text("a")];
    await engine.up([artifact({ layers, annotations: { owner: "hush" } })]);
    const { messages } = await engine.preview([
      artifact({ layers, annotations: { owner: "a secret" } }),
    ]);
    assert.deepEqual(said(messages), [
      kept("no layer changes, no new content to upload\n  ~ annotations (owner)"),
    ]);
  });

  it("counts everything as new if the artifact moves to another repository", async () => {
    await engine.up([before]);
    const moved = artifact({ layers: [text("a"), text("b"), text("c")], repository: "team/other" });
    assert.deepEqual(said((await engine.preview([moved])).messages), [
      kept("no layer changes, at most 5 B of new content to upload"),
    ]);
  });

  it("names the manifests of an index by platform", async () => {
    const AMD64 = { os: "linux", architecture: "amd64" };
    const ARM64 = { os: "linux", architecture: "arm64", variant: "v8" };
    const child = (name: string): Declaration => ({
      ...artifact({ layers: [text(name)], tags: [] }),
      name,
    });
    const program = (arm64: string): Declaration[] => [
      ...["one", "two", "three"].map(child),
      {
        name: "index",
        kind: "OciIndex",
        inputs: (outputsOf) => {
          const entry = (name: string, platform: Bag): Bag => {
            const { mediaType, digest, size } = outputsOf(name);
            return { mediaType, digest, size, platform };
          };
          return {
            repository: REPOSITORY,
            manifests: [entry("one", AMD64), entry(arm64, ARM64)],
            tags: ["v1"],
          };
        },
      },
    ];
    await engine.up(program("two"));
    const [line] = said((await engine.preview(program("three"))).messages) as string[][];
    assert.match(
      line?.at(-1) ?? "",
      /^1 of 2 manifests changes\n {2}~ linux\/arm64\/v8 \d+ B sha256:… → \d+ B sha256:…$/,
    );
  });
});
