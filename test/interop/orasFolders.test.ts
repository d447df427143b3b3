import assert from "node:assert/strict";
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "mocha";
import { packArtifact, pullArtifact, pushArtifact } from "pulumi-acr/client";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { listingOf } from "../support/pullSandbox.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import {
  clientOf,
  isHere,
  REGISTRIES,
  type RegistryKind,
  type RunningRegistry,
} from "./registries.js";

const FILES = {
  "site/index.html": "<p>Größe</p>\n",
  "site/empty.txt": "",
  "site/a b/ünï 😀/x.txt": "x",
  "site/run.sh": "#!/bin/sh\n",
  [`site/${"long/".repeat(40)}name.txt`]: "a path of more than 155 characters\n",
  [`site/${"n".repeat(200)}`]: "a name of more than 100 characters\n",
  "model.bin": Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 3),
};

for (const kind of REGISTRIES) {
  describe(`folders exchanged with oras on ${kind.name}`, function () {
    this.timeout(60_000);
    testFolders(kind);
  });
}

function testFolders(kind: RegistryKind): void {
  const source = new TemporaryFolder();
  const clients = new ForeignClients();
  let registry: RunningRegistry;
  const reference = (tag: string): string => `${registry.loginServer}/team/folders:${tag}`;
  const oras = (args: readonly string[], cwd: string): Promise<string> =>
    clients.run("oras", [args[0] ?? "", "--plain-http", "--no-tty", ...args.slice(1)], { cwd });

  before(async () => {
    source.write(FILES);
    chmodSync(join(source.path, "site/run.sh"), 0o755);
    if (!isHere(kind)) return;
    registry = await kind.start();
    clients.signIn(registry);
  });
  after(async () => {
    if (isHere(kind)) await registry.close();
    clients.remove();
    source.remove();
  });

  itWith([...kind.needs, "oras"], "pushed by oras are pulled by us as by oras", async () => {
    const types = ["site", "model.bin:application/vnd.example.model"];
    await oras(["push", reference("oras"), ...types], source.path);
    const [ours, theirs] = [new TemporaryFolder(), new TemporaryFolder()];
    using client = clientOf(registry);
    await pullArtifact(client.repository("team/folders"), "oras", ours.path);
    await oras(["pull", reference("oras")], theirs.path);
    assert.deepEqual(listingOf(ours.path), listingOf(theirs.path));
    assert.deepEqual(listingOf(ours.path), listingOf(source.path));
    ours.remove();
    theirs.remove();
  });

  itWith([...kind.needs, "oras"], "pushed by us are pulled by oras as by us", async () => {
    using client = clientOf(registry);
    const repository = client.repository("team/folders");
    const layers = [{ directory: "site" }, { file: "model.bin" }];
    const artifactType = "application/vnd.example";
    const packed = await packArtifact({ artifactType, layers }, { baseDirectory: source.path });
    await pushArtifact(repository, packed);
    await repository.manifests.push(packed.manifest, { tag: "ours" });
    const [ours, theirs] = [new TemporaryFolder(), new TemporaryFolder()];
    await pullArtifact(repository, "ours", ours.path);
    await oras(["pull", reference("ours")], theirs.path);
    assert.deepEqual(listingOf(ours.path), listingOf(theirs.path));
    assert.deepEqual(listingOf(ours.path), listingOf(source.path));
    ours.remove();
    theirs.remove();
  });

  itWith(
    [...kind.needs, "oras"],
    "with a symbolic link that oras pushed are refused, and the link is named",
    async () => {
      const folder = new TemporaryFolder();
      folder.write({ "linked/file": "x" });
      symlinkSync("file", join(folder.path, "linked/alias"));
      await oras(["push", reference("link"), "linked"], folder.path);
      const target = new TemporaryFolder();
      using client = clientOf(registry);
      await assert.rejects(pullArtifact(client.repository("team/folders"), "link", target.path), {
        code: "CONTENT_REFUSED",
        path: "linked/alias",
        message: /symbolic link/,
      });
      assert.deepEqual(listingOf(target.path), []);
      folder.remove();
      target.remove();
    },
  );
}
