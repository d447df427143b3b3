import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { type ForeignClient, ForeignClients, itWith } from "../support/foreignClients.js";
import { ImageLayout } from "../support/imageLayout.js";
import { type Bag, type Declaration, MiniEngine } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

/** How each client writes a layout of what a registry holds. */
const WRITERS: readonly (readonly [
  ForeignClient,
  (from: string, loginServer: string, to: string) => readonly string[],
])[] = [
  [
    "oras",
    (from, _server, to) => [
      ...["copy", "--from-plain-http", "--no-tty", "--to-oci-layout"],
      ...[from, `${to}:v1`],
    ],
  ],
  [
    "regctl",
    (from, server, to) => [
      ...["--host", `reg=${server},tls=disabled`, "image", "copy"],
      ...[from, `ocidir://${to}:v1`],
    ],
  ],
  [
    "skopeo",
    (from, _server, to) => [
      ...["copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--insecure-policy"],
      ...[`docker://${from}`, `oci:${to}:v1`],
    ],
  ],
  ["crane", (from, _server, to) => ["pull", "--format=oci", from, to]],
];

describe("a layout that another tool wrote", function () {
  this.timeout(120_000);
  const clients = new ForeignClients();
  const folder = new TemporaryFolder();
  let emulator: Emulator;
  let engine: MiniEngine;
  let index = "";

  before(async () => {
    emulator = await startEmulator();
    clients.signIn(emulator);
    engine = new MiniEngine({ environment: environmentFor(emulator), directory: folder.path });
    const layout = new ImageLayout(join(folder.path, "made"));
    const release = layout.release();
    index = release.index.digest;
    layout.list(release.index, "v1");
    await engine.up([artifact("made", "source/app")]);
  });
  after(async () => {
    await emulator.close();
    clients.remove();
    folder.remove();
  });

  function artifact(path: string, repository: string): Declaration {
    const inputs: Bag = { repository, tags: ["v1"], content: { ociLayout: { path } } };
    return { name: path, kind: "OciArtifact", inputs };
  }

  for (const [client, write] of WRITERS) {
    itWith([client], `is published with its original digest (${client})`, async () => {
      const from = `${emulator.loginServer}/source/app:v1`;
      await clients.run(client, write(from, emulator.loginServer, join(folder.path, client)));
      const own = new MiniEngine({ environment: engine.environment, directory: folder.path });
      await own.up([artifact(client, `copies/${client}`)]);
      const somebody = new Somebody(emulator, `copies/${client}`);
      assert.equal(await somebody.digestOf("v1"), index);
      await own.destroy();
      assert.equal(await somebody.repository.attributes.repository(), undefined);
      somebody.close();
    });
  }
});
