import assert from "node:assert/strict";
import { after, before, beforeEach, describe } from "mocha";
import type { ArtifactInput } from "../../provider/artifact/packArtifact.js";
import { packArtifact } from "../../provider/artifact/packArtifact.js";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { type Bag, MiniEngine, type Program } from "../support/miniEngine.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import {
  environmentOf,
  isHere,
  REGISTRIES,
  type RegistryKind,
  type RunningRegistry,
} from "./registries.js";

/** ORAS writes the time of the push here; a given time makes its manifest reproducible. */
const CREATED = { "org.opencontainers.image.created": "2026-01-02T03:04:05Z" };
const CREATED_OPTION = `--annotation=org.opencontainers.image.created=${CREATED["org.opencontainers.image.created"]}`;

const FILES = {
  "notes.txt": "some notes\n",
  "chart.json": '{"name":"chart"}',
  "config.json": '{"config":true}',
  "empty.bin": "",
};

/** The same artifact as arguments of oras and as our inputs. */
const VECTORS: readonly [what: string, oras: readonly string[], ours: ArtifactInput][] = [
  [
    "a file of the default type",
    ["--artifact-type=application/vnd.example.notes", "notes.txt"],
    { artifactType: "application/vnd.example.notes", layers: [{ file: "notes.txt" }] },
  ],
  [
    "files of given types, one of them empty",
    [
      "--artifact-type=application/vnd.example.set",
      "chart.json:application/json",
      "empty.bin:application/x",
    ],
    {
      artifactType: "application/vnd.example.set",
      layers: [
        { file: "chart.json", mediaType: "application/json" },
        { file: "empty.bin", mediaType: "application/x" },
      ],
    },
  ],
  [
    "a config and annotations that have to be escaped",
    [
      "--config=config.json:application/vnd.example.config",
      '--annotation=org.example.text=a <b> & "c"\u2028\u00e9\u{1f600}',
      "notes.txt:text/plain",
    ],
    {
      config: { file: "config.json", mediaType: "application/vnd.example.config" },
      annotations: { "org.example.text": 'a <b> & "c"\u2028\u00e9\u{1f600}' },
      layers: [{ file: "notes.txt", mediaType: "text/plain" }],
    },
  ],
  [
    "no files",
    ["--artifact-type=application/vnd.example.mark"],
    { artifactType: "application/vnd.example.mark" },
  ],
];

for (const kind of REGISTRIES) {
  describe(`an artifact that oras pushed to ${kind.name}`, function () {
    this.timeout(30_000);
    testPushing(kind);
  });
}

function testPushing(kind: RegistryKind): void {
  const source = new TemporaryFolder();
  const clients = new ForeignClients();
  let registry: RunningRegistry;
  let engine: MiniEngine;

  before(async () => {
    source.write({ ...FILES, "folder/a.txt": "in a folder\n" });
    if (!isHere(kind)) return;
    registry = await kind.start();
    clients.signIn(registry);
  });
  beforeEach(() => {
    if (!isHere(kind)) return;
    engine = new MiniEngine({ environment: environmentOf(registry), directory: source.path });
  });
  after(async () => {
    if (isHere(kind)) await registry.close();
    clients.remove();
    source.remove();
  });

  /** Pushes with oras and returns the digest. */
  async function orasPush(reference: string, args: readonly string[]): Promise<string> {
    const options = ["push", "--plain-http", "--no-tty", "--format=go-template={{.digest}}"];
    const target = `${registry.loginServer}/${reference}`;
    const command = [...options, CREATED_OPTION, target, ...args];
    return (await clients.run("oras", command, { cwd: source.path })).trim();
  }

  for (const [index, [what, args, input]] of VECTORS.entries()) {
    itWith([...kind.needs, "oras"], `has our digest and is adopted: ${what}`, async () => {
      const repository = `oras/vector${index}`;
      const digest = await orasPush(`${repository}:v1`, args);
      const declared = { ...input, annotations: { ...input.annotations, ...CREATED } };
      const { manifest } = await packArtifact(declared, { baseDirectory: source.path });
      assert.equal(digest, manifest.descriptor.digest, Buffer.from(manifest.bytes).toString());
      registry.takeRequests();
      await engine.up(program({ ...declared, repository, tags: ["v1"] }));
      assert.deepEqual(writes(registry.takeRequests()), []);
      assert.equal(engine.resource("app").outputs["digest"], digest);
    });
  }

  itWith([...kind.needs, "oras"], "gets one more tag without sending its blobs", async () => {
    await orasPush("oras/more:v1", ["notes.txt:text/plain", "--artifact-type=application/x"]);
    registry.takeRequests();
    await engine.up(
      program({
        repository: "oras/more",
        artifactType: "application/x",
        annotations: CREATED,
        layers: [{ file: "notes.txt", mediaType: "text/plain" }],
        tags: ["v1", "v1.0"],
      }),
    );
    const tag = "PUT /v2/oras/more/manifests/v1.0";
    assert.deepEqual(writes(registry.takeRequests()), [tag]);
  });

  itWith(
    [...kind.needs, "oras"],
    "is a conflict if it is a folder, because compressors differ",
    async () => {
      const digest = await orasPush("oras/folder:v1", ["folder", "--artifact-type=application/x"]);
      const declared = {
        repository: "oras/folder",
        artifactType: "application/x",
        annotations: CREATED,
        layers: [{ directory: "folder" }],
        tags: ["v1"],
      };
      registry.takeRequests();
      await assert.rejects(
        engine.up(program(declared)),
        (error: Error & { reasons?: string[] }) => {
          assert.match(
            [error.message, error.reasons].join("\n"),
            new RegExp(`v1 .*${digest}.*CONFLICT`),
          );
          return true;
        },
      );
      assert.deepEqual(writes(registry.takeRequests()), []);
      await engine.up(program({ ...declared, onTagConflict: "adopt" }));
      assert.notEqual(engine.resource("app").outputs["digest"], digest);
    },
  );
}

function program(inputs: object): Program {
  return [{ name: "app", kind: "OciArtifact", inputs: inputs as Bag }];
}

function writes(requests: readonly string[]): string[] {
  return requests.filter((request) => !/^(?:GET|HEAD) /.test(request));
}
