import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe } from "mocha";
import { helmChart } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { type Bag, MiniEngine } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { parseManifest } from "../../provider/oci/manifest.js";
import { parseTag } from "../../provider/oci/reference.js";

/** Every field that Helm knows, with YAML values that Helm turns into text. */
const CHART = `# a comment that no config keeps
apiVersion: v2
name: web
version: 1.2.3+build.5
appVersion: 1.10
description: a <b>bold</b> chart & more
type: application
home: https://example.com/web
icon: https://example.com/icon.png
kubeVersion: ">=1.20.0-0"
deprecated: true
sources: [https://example.com/source, https://example.com/other]
keywords: [web, 1.23456789, true, 1000000.5]
maintainers:
  - { name: One, email: one@example.com, url: https://example.com/one }
  - { name: Two }
annotations:
  org.opencontainers.image.title: not this
  example.com/b: later
  example.com/10: 10
  example.com/a: "first"
dependencies:
  - name: base
    version: ">=0.1.0"
    repository: ""
    condition: base.enabled
    tags: [back]
    alias: ground
    import-values:
      - child: { z: 1, a: [x] }
        parent: p
`;

const FILES = {
  "web/Chart.yaml": CHART,
  "web/values.yaml": "greeting: hello\n",
  "web/.helmignore": "*.bak\n/docs/\n",
  "web/notes.bak": "ignored",
  "web/docs/readme.md": "ignored",
  "web/templates/map.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  greeting: {{ .Values.greeting }}\n",
  "web/charts/base/Chart.yaml": "apiVersion: v2\nname: base\nversion: 0.1.0\n",
  "web/charts/base/templates/base.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: base\n",
};
/** A chart in the form of Helm 2; its dependency is a packaged chart. */
const OLD_FILES = {
  "old/Chart.yaml": "apiVersion: v1\nname: old\nversion: 1.2.3+build.5\n",
  "old/requirements.yaml": 'dependencies: [{ name: base, version: 0.1.0, repository: "" }]\n',
  "old/templates/old.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: old\n",
};
const TAG = "1.2.3_build.5";
const VERSION = "1.2.3+build.5";

describe("a published chart in Helm", function () {
  this.timeout(60_000);
  const folder = new TemporaryFolder();
  let clients: ForeignClients;
  let emulator: Emulator;
  let engine: MiniEngine;

  before(async () => {
    folder.write({ ...FILES, ...OLD_FILES, "old/charts/.gitkeep": "" });
    emulator = await startEmulator();
    clients = new ForeignClients();
    clients.signIn(emulator);
  });
  beforeEach(() => {
    engine = new MiniEngine({ environment: environmentFor(emulator), directory: folder.path });
  });
  after(async () => {
    await emulator.close();
    clients.remove();
    folder.remove();
  });

  const helm = (line: string): Promise<string> =>
    clients.run("helm", line.split(" "), { cwd: folder.path });
  const chartAt = (repository: string): string =>
    `oci://${emulator.loginServer}/${repository} --version ${VERSION} --plain-http`;
  const publish = (repository: string, inputs: Bag) =>
    engine.up([{ name: "chart", kind: "OciArtifact", inputs: { repository, ...inputs } }]);
  const manifestAt = async (repository: string) => {
    const somebody = new Somebody(emulator, repository);
    try {
      const found = await somebody.repository.manifests.fetch(parseTag(TAG));
      assert.ok(found !== undefined);
      return parseManifest(found.bytes, found.descriptor.mediaType);
    } finally {
      somebody.close();
    }
  };

  itWith(["helm"], "is shown, rendered and pulled if made from a folder", async () => {
    await publish("ours/web", helmChart({ path: "web" }));
    assert.equal(await helm(`show chart ${chartAt("ours/web")}`), await helm("show chart web"));
    const options = "--set base.enabled=true";
    assert.equal(
      await helm(`template trial ${chartAt("ours/web")} ${options}`),
      await helm(`template trial web ${options}`),
    );
    await helm(`pull ${chartAt("ours/web")} --untar --untardir pulled`);
    const at = (name: string): string => join(folder.path, "pulled", name);
    assert.equal(readFileSync(at("web/Chart.yaml"), "utf8"), CHART);
    assert.equal(readFileSync(at("web/charts/base/Chart.yaml"), "utf8").includes("base"), true);
    for (const ignored of ["web/notes.bak", "web/docs/readme.md"]) {
      assert.throws(() => readFileSync(at(ignored)), { code: "ENOENT" });
    }
  });

  itWith(["helm"], "equals the result of helm push if made from a .tgz", async () => {
    await helm("package web");
    const file = `web-${VERSION}.tgz`;
    await helm(`push ${file} oci://${emulator.loginServer}/theirs --plain-http`);
    await publish("ours2/web", helmChart({ path: file }));
    const [ours, theirs] = [await manifestAt("ours2/web"), await manifestAt("theirs/web")];
    assert.deepEqual(ours.layers, theirs.layers);
    assert.deepEqual(ours.config, theirs.config);
    const { "org.opencontainers.image.created": created, ...annotations } = theirs.annotations;
    assert.ok(created !== undefined);
    assert.deepEqual(ours.annotations, annotations);
    const packed = readFileSync(join(folder.path, file));
    await helm(`pull ${chartAt("ours2/web")}`);
    assert.deepEqual(readFileSync(join(folder.path, file)), packed);
  });

  itWith(["helm"], "has the config of helm push if made from a folder", async () => {
    await publish("ours3/web", helmChart({ path: "web" }));
    await helm("package web --destination packed");
    await helm(`push packed/web-${VERSION}.tgz oci://${emulator.loginServer}/theirs3 --plain-http`);
    const [ours, theirs] = [await manifestAt("ours3/web"), await manifestAt("theirs3/web")];
    assert.deepEqual(ours.config, theirs.config);
  });

  itWith(["helm"], "of Helm 2 with a packaged dependency is rendered", async () => {
    await helm("package web/charts/base --destination old/charts");
    await publish("ours4/old", helmChart({ path: "old" }));
    const rendered = await helm(`template trial ${chartAt("ours4/old")}`);
    assert.equal(rendered, await helm("template trial old"));
    assert.match(rendered, /name: base/);
    await helm("package old");
    await helm(`push old-${VERSION}.tgz oci://${emulator.loginServer}/theirs4 --plain-http`);
    await publish("packed/old", helmChart({ path: `old-${VERSION}.tgz` }));
    const { config } = await manifestAt("theirs4/old");
    assert.deepEqual((await manifestAt("ours4/old")).config, config);
    assert.deepEqual((await manifestAt("packed/old")).config, config);
  });

  itWith(["helm"], "is pulled with its provenance", async () => {
    await helm("package web --destination signed");
    folder.write({ [`signed/web-${VERSION}.tgz.prov`]: "a signature\n" });
    const path = `signed/web-${VERSION}.tgz`;
    await publish("signed/web", helmChart({ path, provenance: `${path}.prov` }));
    const { layers } = await manifestAt("signed/web");
    assert.deepEqual(
      layers.map(({ digest }) => digest),
      layers.map(({ digest }) => digest).sort(),
    );
    folder.write({ "signed-pulled/here": "" });
    await helm(`pull ${chartAt("signed/web")} --prov --destination signed-pulled`);
    const pulled = join(folder.path, "signed-pulled", `web-${VERSION}.tgz`);
    assert.deepEqual(readFileSync(pulled), readFileSync(join(folder.path, path)));
    assert.equal(readFileSync(`${pulled}.prov`, "utf8"), "a signature\n");
  });
});
