import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { startEmulator, type Emulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { type Bag, MiniEngine, type Program } from "../support/miniEngine.js";
import { requestsTo, tokensFrom } from "../support/requests.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Sizes on both sides of every limit, and the requests for one blob of that size. */
const SIZES = {
  "64 KiB": { bytes: 64 * KIB, requests: ["POST whole blob"] },
  "64 KiB + 1": { bytes: 64 * KIB + 1, requests: ["HEAD blob", "POST whole blob"] },
  "4 MiB": { bytes: 4 * MIB, requests: ["HEAD blob", "POST whole blob"] },
  "4 MiB + 1": { bytes: 4 * MIB + 1, requests: ["HEAD blob", "POST upload", "PUT upload"] },
  "16 MiB + 1": {
    bytes: 16 * MIB + 1,
    requests: ["HEAD blob", "POST upload", "PATCH upload", "PATCH upload", "PUT upload"],
  },
} as const;
type Size = keyof typeof SIZES;

interface Content {
  readonly layers: number;
  readonly size: Size;
}
const FEW_BYTES: readonly Content[] = [
  { layers: 0, size: "64 KiB" },
  { layers: 1, size: "64 KiB" },
  { layers: 1, size: "64 KiB + 1" },
  { layers: 1, size: "4 MiB" },
  { layers: 1, size: "4 MiB + 1" },
  { layers: 5, size: "64 KiB" },
];
const MANY_BYTES: readonly Content[] = [
  { layers: 5, size: "4 MiB + 1" },
  { layers: 1, size: "16 MiB + 1" },
];
const TAGS: readonly (readonly string[])[] = [[], ["v1"], ["v1", "v1.2", "v1.2.3"]];

const ARTIFACTS = [false, true].flatMap((lock) => [
  ...FEW_BYTES.flatMap((content) => TAGS.map((tags) => ({ ...content, tags, lock }))),
  ...MANY_BYTES.map((content) => ({ ...content, tags: ["v1"], lock })),
]);

describe("the request budget", () => {
  let emulator: Emulator;
  let folder: TemporaryFolder;
  let engine: MiniEngine;

  before(async () => {
    emulator = await startEmulator();
    folder = new TemporaryFolder();
  });
  after(async () => {
    folder.remove();
    await emulator.close();
  });
  beforeEach(() => {
    engine = new MiniEngine({ environment: environmentFor(emulator), directory: folder.path });
  });

  /** A sparse file of this size; its name makes its content. */
  function file(name: string, size: Size): Bag {
    const handle = openSync(join(folder.path, name), "w");
    writeSync(handle, name);
    ftruncateSync(handle, SIZES[size].bytes);
    closeSync(handle);
    return { file: name };
  }

  function files(count: number, size: Size): Bag[] {
    return Array.from({ length: count }, (_, index) => file(`${size} ${index}`, size));
  }

  async function up(program: Program): Promise<{ requests: string[]; tokens: string[] }> {
    emulator.journal.clear();
    await engine.up(program);
    return { requests: inPhases(requestsTo(emulator)), tokens: tokensFrom(emulator) };
  }

  describe("of a new artifact", () => {
    for (const { layers, size, tags, lock } of ARTIFACTS) {
      const title = `layers: ${layers} of ${size}, tags: ${tags.length}, lock: ${lock}`;
      it(title, async () => {
        const content = { layers: files(layers, size), tags, lock };
        const { requests, tokens } = await up(artifact(title, content));
        assert.deepEqual(requests, [
          ...[
            lock ? "GET manifest properties" : "HEAD manifest",
            ...tags.map((tag) => `HEAD tag ${tag}`),
          ],
          ...blobRequests(layers, size),
          ...["PUT manifest", ...tags.map((tag) => `PUT tag ${tag}`)],
          ...(lock ? tags.map((tag) => `PATCH tag properties ${tag}`) : []),
          ...(lock ? ["PATCH manifest properties"] : []),
          "GET manifest properties",
        ]);
        const expected = lock
          ? ["metadata_read,metadata_write", "pull,push"]
          : ["pull,push", "metadata_read"];
        assert.deepEqual(tokens, expected);
      });
    }
  });

  it("does not send a blob that exists", async () => {
    const layer = file("shared", "4 MiB + 1");
    await up(artifact("present", { layers: [layer] }));
    const { requests } = await up([
      ...artifact("present", { layers: [layer] }),
      ...artifact("present", { layers: [layer, file("more", "4 MiB")] }, "other"),
    ]);
    assert.deepEqual(
      requests.filter((line) => /blob|upload/.test(line)),
      ["HEAD blob", "HEAD blob", "POST whole blob", "POST whole blob"],
    );
    assert.equal(sentBytes(/blobs/), 4 * MIB + 2);
  });

  for (const size of ["64 KiB", "4 MiB", "4 MiB + 1"] as const) {
    it(`sends a blob of ${size} once if an artifact contains it twice`, async () => {
      const layer = file(`twice ${size}`, size);
      const layers = [
        { ...layer, title: "a" },
        { ...layer, title: "b" },
      ];
      const { requests } = await up(artifact(`twice ${size}`, { layers }));
      assert.deepEqual(requests.slice(1, -2), blobRequests(1, size));
    });
  }

  it("sends no blob for a new tag of content that did not change", async () => {
    const layers = [file("content", "4 MiB")];
    await up(artifact("new tag", { layers, tags: ["v1"] }));
    const { requests } = await up(artifact("new tag", { layers, tags: ["v1", "v2"] }));
    assert.deepEqual(requests, ["HEAD tag v2", "PUT tag v2", "GET manifest properties"]);
  });

  it("sends neither blob nor manifest for content that is published already", async () => {
    const layers = [file("content", "4 MiB")];
    await up(artifact("adopted", { layers, tags: ["v1"] }));
    engine.state = [];
    const { requests } = await up(artifact("adopted", { layers, tags: ["v1", "v2"] }));
    assert.deepEqual(requests, [
      ...["HEAD manifest", "HEAD tag v1", "HEAD tag v2"],
      ...["PUT tag v2", "GET manifest properties"],
    ]);
  });

  it("sends only the new blobs of a new version", async () => {
    const same = file("same", "4 MiB + 1");
    const tags = ["latest"];
    await up(artifact("bump", { layers: [same, file("old", "4 MiB")], tags: [...tags, "v1"] }));
    const next = { layers: [same, file("new", "4 MiB")], tags: [...tags, "v2"] };
    const { requests, tokens } = await up(artifact("bump", next));
    assert.deepEqual(requests, [
      ...["HEAD manifest", "HEAD tag latest", "HEAD tag v2"],
      // A tag that moves must not be locked by somebody else.
      "GET tag properties latest",
      ...["HEAD blob", "HEAD blob", "POST whole blob", "POST whole blob"],
      ...["PUT manifest", "PUT tag v2", "PUT tag latest"],
      "GET manifest properties",
    ]);
    assert.deepEqual(tokens, ["pull,push", "metadata_read"]);
    assert.equal(sentBytes(/blobs/), 4 * MIB + 2);
  });

  describe("of unchanged resources:", () => {
    const digest = (outputsOf: (name: string) => Bag): unknown => outputsOf("artifact")["digest"];
    const rows: readonly (readonly [string, number, (folder: string) => Program])[] = [
      ["an artifact", 1, (name) => artifact(name, { tags: ["v1", "v2"] })],
      ["an artifact with a lock", 2, (name) => artifact(name, { tags: ["v1", "v2"], lock: true })],
      ["an artifact whose blobs are verified", 2, (name) => artifact(name, { verify: "blobs" })],
      [
        "an artifact and a tag lock",
        3,
        (repository) => [
          ...artifact(repository, { tags: ["v1"] }),
          { name: "lock", kind: "TagLock", inputs: { repository, tag: "v1" } },
        ],
      ],
      [
        "an artifact and manifest properties",
        2,
        (repository) => [
          ...artifact(repository, {}),
          {
            name: "properties",
            kind: "ManifestProperties",
            inputs: (of) => ({ repository, digest: digest(of), readEnabled: true }),
          },
        ],
      ],
    ];
    for (const [what, refreshed, program] of rows) {
      it(`${what}: no request for up, ${refreshed} for refresh`, async () => {
        const declared = program(`unchanged/${what.replaceAll(" ", "-")}`);
        await engine.up(declared);
        const { requests, tokens } = await up(declared);
        assert.deepEqual([...requests, ...tokens], []);
        const run = await engine.refresh();
        assert.deepEqual(new Set(Object.values(run.operations)), new Set(["same"]));
        assert.equal(requestsTo(emulator).length, refreshed, requestsTo(emulator).join(", "));
        emulator.journal.clear();
        await up(declared);
        assert.deepEqual(requestsTo(emulator), []);
      });
    }
  });

  function sentBytes(path: RegExp): number {
    const matching = emulator.journal.entries.filter((entry) => path.test(entry.path));
    return matching.reduce((sum, { requestBytes }) => sum + requestBytes, 0);
  }
});

function artifact(title: string, inputs: Bag, name = "artifact"): Program {
  const repository = title.toLowerCase().replaceAll(/[^a-z0-9/]+/g, "-");
  const artifactType = "application/vnd.example.docs";
  return [{ name, kind: "OciArtifact", inputs: { repository, artifactType, ...inputs } }];
}

/** Requests for the layers and for one config, which is also the empty layer. */
function blobRequests(layers: number, size: Size): string[] {
  const each = Array.from({ length: layers }, () => SIZES[size].requests);
  return ["POST whole blob", ...each.flat()].sort();
}

/** Look-ups are concurrent, and so are blobs: their order within a phase varies. */
function inPhases(requests: readonly string[]): string[] {
  const phases = requests.map(phaseOf);
  return phases
    .flatMap((phase, index) => {
      if (phase === phases[index - 1]) return [];
      const next = phases.findIndex((other, at) => at > index && other !== phase);
      return [requests.slice(index, next === -1 ? undefined : next).sort()];
    })
    .flat();
}

function phaseOf(request: string, index: number): string {
  if (/^HEAD (?:manifest|tag)/.test(request)) return "look";
  if (/blob|upload/.test(request)) return "blobs";
  return String(index);
}
