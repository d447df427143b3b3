import assert from "node:assert/strict";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { after, before, describe, it } from "mocha";
import { endOfLife, helmChart, OciArtifact, sbom } from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, environmentFor } from "../support/engine.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const FILES = {
  "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "greeting: hello\n",
  "web.spdx.json": '{"spdxVersion":"SPDX-2.3"}',
};

describe("kinds of content on the real engine", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: EngineStack;
  let folder: TemporaryFolder;
  let seen: { digest?: string; tags?: string[]; sbom?: string } = {};

  before(async () => {
    folder = new TemporaryFolder();
    folder.write(FILES);
    const at = (name: string): string => relative(process.cwd(), join(folder.path, name));
    emulator = await startEmulator();
    stack = await EngineStack.create({ environment: environmentFor(emulator) });
    stack.program = () => {
      seen = {};
      const repository = "charts/web";
      const chart = new OciArtifact("chart", {
        repository,
        ...helmChart({ path: pulumi.output(at("web")) }),
      });
      const subject = chart.descriptor;
      const list = new OciArtifact("sbom", {
        repository,
        ...sbom({ file: at("web.spdx.json"), subject }),
      });
      new OciArtifact("end", { repository, ...endOfLife({ date: "2027-03-31", subject }) });
      chart.digest.apply((digest) => (seen.digest = digest));
      chart.tags.apply((tags) => (seen.tags = tags ?? []));
      list.digest.apply((digest) => (seen.sbom = digest));
      return Promise.resolve();
    };
  });
  after(async () => {
    stack.remove();
    folder.remove();
    await emulator.close();
  });

  it("are known at preview, including their referrers, and published as shown", async () => {
    await stack.preview();
    const previewed = seen;
    assert.deepEqual(previewed.tags, ["1.0.0"]);
    assert.match(String(previewed.sbom), /^sha256:/);
    assert.deepEqual(emulator.journal.entries, []);
    await stack.up();
    assert.deepEqual(seen, previewed);
  });

  it("need no request when nothing changed", async () => {
    emulator.journal.clear();
    await stack.up({ expectNoChanges: true });
    assert.deepEqual(emulator.journal.entries, []);
  });
});
