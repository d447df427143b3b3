import assert from "node:assert/strict";
import { appendFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { Host } from "../../provider/lifecycle/host.js";
import type { Lifecycle, PropertyBag } from "../../provider/lifecycle/lifecycle.js";
import { ociArtifact } from "../../provider/lifecycle/ociArtifact/ociArtifact.js";
import { environmentFor } from "../support/engine.js";
import { urnOf } from "../support/miniEngine.js";
import { forgetUploads } from "../support/openUploads.js";
import { meanwhile } from "../support/meanwhile.js";
import { writesTo } from "../support/requests.js";
import { ABSENT_DIGEST } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const MIB = 1024 * 1024;
const CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

describe("a source that changes after its digest was shown", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let folder: TemporaryFolder;
  let host: Host;
  let lifecycle: Lifecycle;

  beforeEach(async () => {
    emulator = await startEmulator();
    folder = new TemporaryFolder();
    const environment = environmentFor(emulator);
    host = new Host({
      environment: (name) => environment[name],
      sendLog: () => undefined,
      directory: folder.path,
    });
    lifecycle = ociArtifact(host);
  });
  afterEach(async () => {
    host.sessions.close();
    folder.remove();
    await emulator.close();
  });

  const declared = (inputs: PropertyBag): PropertyBag => ({
    repository: "team/app",
    artifactType: "application/vnd.example",
    tags: ["v1"],
    __urn: urnOf("OciArtifact", "app"),
    ...inputs,
  });
  const check = async (inputs: PropertyBag): Promise<PropertyBag> => {
    const news = declared(inputs);
    const checked = await host.run(news, (operation) => lifecycle.check({}, news, operation));
    assert.deepEqual(checked.failures, []);
    return checked.inputs;
  };
  const create = (inputs: PropertyBag): Promise<unknown> =>
    host.run(inputs, (operation) => lifecycle.create(inputs, operation));
  const at = (name: string): string => join(folder.path, name);

  /** Unreferenced blobs may exist, but no manifest. */
  function nothingIsTagged(): void {
    const puts = emulator.journal.entries.filter(({ path }) => path.includes("/manifests/"));
    assert.deepEqual(
      puts.filter(({ method }) => method === "PUT"),
      [],
    );
  }

  const changes: Record<string, (path: string) => void> = {
    "is rewritten": (path) => writeFileSync(path, "other"),
    "changes but keeps its length": (path) => writeFileSync(path, "TEXT"),
    grows: (path) => appendFileSync(path, "more"),
    "is emptied": (path) => writeFileSync(path, ""),
    "is removed": (path) => rmSync(path),
    "is replaced by another file": (path) => {
      writeFileSync(`${path}.new`, "text");
      renameSync(`${path}.new`, path);
    },
    "is replaced by a link": (path) => {
      writeFileSync(`${path}.new`, "text");
      rmSync(path);
      symlinkSync(`${path}.new`, path);
    },
  };
  const sources: Record<string, [PropertyBag, string, RegExp]> = {
    "a file": [{ layers: [{ file: "file" }] }, "file", /^file changed/],
    "a file to compress": [
      { layers: [{ file: "file", compression: "gzip" }] },
      "file",
      /^file changed/,
    ],
    "a file in a folder": [
      { layers: [{ directory: "folder" }] },
      "folder/a/file",
      /^folder(?:\/a\/file)? changed/,
    ],
    "a file in a chart": [
      {
        repository: "team/web",
        artifactType: undefined,
        tags: undefined,
        content: { helmChart: { path: "web" } },
      },
      "web/values.yaml",
      /^web(?:\/values\.yaml)? changed/,
    ],
    "a bill of materials": [
      {
        content: { sbom: { file: "list.spdx" } },
        artifactType: undefined,
        subject: {
          mediaType: "application/vnd.oci.image.manifest.v1+json",
          digest: ABSENT_DIGEST,
          size: 2,
        },
      },
      "list.spdx",
      /^list\.spdx changed/,
    ],
    "a config file": [
      { config: { mediaType: "a/b", file: "config" } },
      "config",
      /^config changed/,
    ],
  };
  for (const [source, [inputs, name, message]] of Object.entries(sources)) {
    for (const [what, change] of Object.entries(changes)) {
      it(`is refused if ${source} ${what} between check and create`, async () => {
        folder.write({ [name]: "text", "folder/b": "b", "web/Chart.yaml": CHART });
        const checked = await check(inputs);
        change(at(name));
        await assert.rejects(create(checked), { code: "SOURCE_CHANGED", message });
        nothingIsTagged();
      });
    }
  }

  it("is named even if another process planned it", async () => {
    folder.write({ file: "text", same: "same" });
    const checked = await check({ layers: [{ file: "same" }, { file: "file" }] });
    host.packed.clear();
    writeFileSync(at("file"), "other");
    await assert.rejects(create(checked), {
      code: "INPUT_INVALID",
      message:
        /^file changed since it was planned: .* Nothing was published\. Run `pulumi up` again$/,
    });
    assert.deepEqual(writesTo(emulator), []);
  });

  it("is named as a layer in a chart that another process planned", async () => {
    folder.write({ "web/values.yaml": "text", "web/Chart.yaml": CHART });
    const chart = { repository: "team/web", artifactType: undefined, tags: undefined };
    const checked = await check({ ...chart, content: { helmChart: { path: "web" } } });
    host.packed.clear();
    writeFileSync(at("web/values.yaml"), "other");
    await assert.rejects(create(checked), {
      code: "INPUT_INVALID",
      property: "content",
      message: /^layer 0 of the content changed since it was planned: /,
    });
    assert.deepEqual(writesTo(emulator), []);
  });

  const sizes = { "a single upload": 3 * MIB, chunks: 40 * MIB };
  for (const [how, size] of Object.entries(sizes)) {
    it(`is noticed while it is sent in ${how}`, async () => {
      folder.write({ file: Buffer.alloc(size, "text") });
      const checked = await check({ layers: [{ file: "file" }] });
      const method = how === "chunks" ? "PATCH" : "POST";
      const change = (): void => appendFileSync(at("file"), "more");
      await assert.rejects(
        meanwhile(emulator, { method, path: /\/blobs\/uploads\// }, change, () => create(checked)),
        { code: "SOURCE_CHANGED", message: /^file changed while/ },
      );
      nothingIsTagged();
      // An interrupted chunk moves its upload to an address that nobody learns.
      forgetUploads();
      folder.write({ file: Buffer.alloc(size, "text") });
      await create(await check({ layers: [{ file: "file" }] }));
    });
  }
});
