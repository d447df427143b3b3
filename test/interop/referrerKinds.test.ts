import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "mocha";
import { bicepModule, endOfLife, fluxSource, sbom, wasmComponent } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { type Bag, MiniEngine } from "../support/miniEngine.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const SPDX = '{"spdxVersion":"SPDX-2.3"}';
const TEMPLATE =
  '{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","resources":[]}';

describe("kinds of content for foreign clients:", function () {
  this.timeout(60_000);
  const folder = new TemporaryFolder();
  const clients = new ForeignClients();
  let emulator: Emulator;

  before(async () => {
    folder.write({
      "web.txt": "an app\n",
      "web.spdx.json": SPDX,
      "module.json": TEMPLATE,
      "deploy/app.yaml": "kind: Deployment\n",
      "module.wasm": Buffer.from("0061736d01000000", "hex"),
    });
    emulator = await startEmulator();
    clients.signIn(emulator);
    await publishAll();
  });
  after(async () => {
    await emulator.close();
    clients.remove();
    folder.remove();
  });

  /** An app with two referrers, and three artifacts without a subject. */
  async function publishAll(): Promise<void> {
    const environment = environmentFor(emulator);
    const engine = new MiniEngine({ environment, directory: folder.path });
    const declare = (name: string, inputs: object) =>
      ({ name, kind: "OciArtifact", inputs: inputs as Bag }) as const;
    const app = declare("app", {
      repository: "apps/web",
      artifactType: "application/vnd.example.app",
      layers: [{ file: "web.txt" }],
      tags: ["v1"],
    });
    await engine.up([app]);
    const { mediaType, digest, size } = engine.resource("app").outputs as Record<string, string>;
    const subject = { mediaType, digest, size } as unknown as Parameters<typeof sbom>[0]["subject"];
    const flux = { path: "deploy", source: "https://example.com/x.git", revision: "main@sha1:1" };
    await engine.up([
      app,
      declare("sbom", { repository: "apps/web", ...sbom({ file: "web.spdx.json", subject }) }),
      declare("end", { repository: "apps/web", ...endOfLife({ date: "2027-03-31", subject }) }),
      declare("bicep", {
        repository: "bicep/x",
        tags: ["v1"],
        ...bicepModule({ file: "module.json" }),
      }),
      declare("flux", { repository: "flux/x", tags: ["v1"], ...fluxSource(flux) }),
      declare("wasm", {
        repository: "wasm/x",
        tags: ["1.0.0"],
        ...wasmComponent({ file: "module.wasm" }),
      }),
    ]);
  }

  const at = (name: string): string => `${emulator.loginServer}/${name}`;
  const oras = (line: string): Promise<string> =>
    clients.run("oras", line.split(" "), { cwd: folder.path });
  interface Referrers {
    readonly referrers?: readonly {
      reference: string;
      artifactType: string;
      annotations: object;
    }[];
  }

  itWith(["oras"], "oras discovers both notes on the app and pulls the SBOM", async () => {
    const found = JSON.parse(
      await oras(`discover --plain-http --format json ${at("apps/web:v1")}`),
    ) as Referrers;
    const types = (found.referrers ?? []).map(({ artifactType }) => artifactType).sort();
    assert.deepEqual(types, [
      "application/spdx+json",
      "application/vnd.microsoft.artifact.lifecycle",
    ]);
    const note = found.referrers?.find(({ artifactType }) => artifactType.includes("lifecycle"));
    assert.deepEqual(note?.annotations, {
      "vnd.microsoft.artifact.lifecycle.end-of-life.date": "2027-03-31",
    });
    const list = found.referrers?.find(({ artifactType }) => artifactType.includes("spdx"));
    await oras(`pull --plain-http --no-tty -o pulled ${list?.reference ?? ""}`);
    assert.equal(readFileSync(join(folder.path, "pulled", "web.spdx.json"), "utf8"), SPDX);
  });

  itWith(["regctl"], "regctl lists both notes on the app and gets the SBOM", async () => {
    const plain = ["--host", `reg=${emulator.loginServer},tls=disabled`];
    const regctl = (line: string) => clients.run("regctl", [...plain, ...line.split(" ")]);
    const listed = await regctl(`artifact list ${at("apps/web:v1")}`);
    assert.match(listed, /application\/spdx\+json/);
    assert.match(listed, /application\/vnd\.microsoft\.artifact\.lifecycle/);
    const filter = "--filter-artifact-type application/spdx+json";
    assert.equal(await regctl(`artifact get --subject ${at("apps/web:v1")} ${filter}`), SPDX);
  });

  itWith(["oras"], "oras restores a Bicep module and WebAssembly under their names", async () => {
    await oras(`pull --plain-http --no-tty -o bicep ${at("bicep/x:v1")}`);
    const module = join(folder.path, "bicep", "Compiled ARM template");
    assert.equal(readFileSync(module, "utf8"), TEMPLATE);
    await oras(`pull --plain-http --no-tty -o wasm ${at("wasm/x:1.0.0")}`);
    assert.equal(readFileSync(join(folder.path, "wasm", "module.wasm")).length, 8);
  });

  itWith(["crane"], "crane reads manifest and config of a Flux source", async () => {
    const crane = (line: string) => clients.run("crane", ["--insecure", ...line.split(" ")]);
    const manifest = JSON.parse(await crane(`manifest ${at("flux/x:v1")}`)) as {
      layers: { digest: string }[];
    };
    const config = JSON.parse(await crane(`config ${at("flux/x:v1")}`)) as {
      rootfs: { diff_ids: string[] };
    };
    assert.equal(manifest.layers.length, 1);
    assert.equal(config.rootfs.diff_ids.length, 1);
    // Like Flux on pull: unpacks the layer whose digest the config names (go-containerregistry).
    await crane(`export ${at("flux/x:v1")} exported.tar`);
  });
});
