import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "mocha";
import { OciArtifact } from "pulumi-acr";
import { digestOf, parseTag } from "../../provider/registry/index.js";
import { EngineStack } from "../support/engine.js";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import {
  clientOf,
  environmentOf,
  isHere,
  REGISTRIES,
  type RegistryKind,
  type RunningRegistry,
} from "./registries.js";

const FILES = {
  "docs/index.md": "# Größe\n",
  "docs/guide/empty.txt": "",
  "docs/guide/run.sh": "#!/bin/sh\necho ok\n",
  [`docs/${"long/".repeat(30)}name.txt`]: "a path of more than 100 characters\n",
  "model.bin": Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 3),
};

/** Modes as published, whatever the umask of the packing machine. */
const MODES = [
  "guide 755",
  "guide/empty.txt 644",
  "guide/run.sh 755",
  "index.md 644",
  ...Array.from(
    { length: 30 },
    (_, depth) =>
      `${Array(depth + 1)
        .fill("long")
        .join("/")} 755`,
  ),
  `${"long/".repeat(30)}name.txt 644`,
];

for (const kind of REGISTRIES) {
  describe(`an artifact on ${kind.name} for foreign clients:`, function () {
    this.timeout(120_000);
    testPulling(kind);
  });
}

function testPulling(kind: RegistryKind): void {
  const source = new TemporaryFolder();
  const clients = new ForeignClients();
  let registry: RunningRegistry;
  let stack: EngineStack | undefined;
  let published: { digest: string; bytes: Buffer };
  const tagged = (): string => `${registry.loginServer}/team/app:v1`;

  /** Publishes through the engine, once for all clients. */
  async function publish(): Promise<void> {
    registry = await kind.start();
    clients.signIn(registry);
    stack = await EngineStack.create({ environment: environmentOf(registry) });
    let digest = "";
    stack.program = () => {
      const artifact = new OciArtifact("app", declaration());
      artifact.digest.apply((value) => (digest = value));
      return Promise.resolve();
    };
    await stack.up();
    using client = clientOf(registry);
    const manifest = await client.repository("team/app").manifests.fetch(parseTag("v1"));
    published = { digest, bytes: Buffer.from(manifest?.bytes ?? []) };
  }

  const declaration = () => ({
    repository: "team/app",
    artifactType: "application/vnd.example.app",
    annotations: { "org.opencontainers.image.version": "1.0.0" },
    layers: [
      { directory: join(source.path, "docs") },
      { file: join(source.path, "model.bin"), mediaType: "application/vnd.example.model" },
      { content: '{"replicas":2}', title: "settings.json", mediaType: "application/json" },
    ],
    tags: ["v1", "latest"],
  });

  before(async () => {
    source.write(FILES);
    chmodSync(join(source.path, "docs/guide/run.sh"), 0o755);
    if (isHere(kind)) await publish();
  });
  after(async () => {
    await stack?.destroy().finally(() => stack?.remove());
    if (isHere(kind)) await registry.close();
    clients.remove();
    source.remove();
  });

  itWith([...kind.needs, "oras"], "oras pull restores folder, file and text", async () => {
    const target = new TemporaryFolder();
    await clients.run("oras", ["pull", "--plain-http", "--no-tty", tagged()], { cwd: target.path });
    assert.deepEqual(modes(join(target.path, "docs")), MODES);
    assert.equal(readFileSync(join(target.path, "settings.json"), "utf8"), '{"replicas":2}');
    for (const name of Object.keys(FILES)) {
      const [sent, restored] = [source, target].map(({ path }) => readFileSync(join(path, name)));
      assert.ok(restored !== undefined && sent?.equals(restored), name);
    }
    target.remove();
  });

  itWith([...kind.needs, "oras"], "oras resolves the digest that the preview showed", async () => {
    const digest = await clients.run("oras", ["resolve", "--plain-http", tagged()]);
    assert.equal(digest.trim(), published.digest);
  });

  itWith([...kind.needs, "skopeo"], "skopeo reads the same bytes", async () => {
    const args = ["inspect", "--raw", "--tls-verify=false", `docker://${tagged()}`];
    assertManifest(await clients.run("skopeo", args), published);
  });

  itWith([...kind.needs, "crane"], "crane reads the same manifest and digest", async () => {
    assertManifest(await clients.run("crane", ["manifest", tagged()]), published);
    assert.equal((await clients.run("crane", ["digest", tagged()])).trim(), published.digest);
  });

  itWith([...kind.needs, "regctl"], "regctl reads the same manifest, digest and tags", async () => {
    const plain = ["--host", `reg=${registry.loginServer},tls=disabled`];
    const regctl = (...args: string[]) => clients.run("regctl", [...plain, ...args]);
    const raw = ["manifest", "get", "--format", "raw-body", tagged()];
    assertManifest(await regctl(...raw), published);
    assert.equal((await regctl("manifest", "head", tagged())).trim(), published.digest);
    const tags = await regctl("tag", "ls", `${registry.loginServer}/team/app`);
    assert.deepEqual(tags.trim().split("\n"), ["latest", "v1"]);
  });
}

function assertManifest(text: string, published: { digest: string; bytes: Buffer }): void {
  const bytes = Buffer.from(text);
  // crane ends what it prints with a line break.
  const raw = bytes.subarray(0, published.bytes.length);
  assert.equal(digestOf(raw), published.digest);
  assert.match(bytes.subarray(raw.length).toString(), /^\n?$/);
}

/** All paths in a folder with their permissions. */
function modes(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`);
}
