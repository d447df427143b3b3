import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { createStack } from "./exampleStack.js";

/** `pulumi` fails with this message when `--expect-no-changes` finds a change. */
const CHANGES_FOUND = /no changes were expected/;

describe("the examples, on the real engine", function () {
  this.timeout(120_000);
  this.slow(30_000);

  let folder: TemporaryFolder;
  let emulator: Emulator;
  let others: Somebody[];
  beforeEach(async () => {
    folder = new TemporaryFolder();
    emulator = await startEmulator();
    others = [];
  });
  afterEach(async () => {
    for (const somebody of others) somebody.close();
    await emulator.close();
    folder.remove();
  });

  /** A copy of the example; its types are checked with the rest of the sources. */
  const stackOf = (name: string): Promise<Stack> =>
    createStack(folder, emulator, [`examples/${name}`], { PULUMI_NODEJS_TRANSPILE_ONLY: "true" });
  const file = (name: string): string => join(folder.path, "project", name);
  const somebodyIn = (repository: string): Somebody => {
    const somebody = new Somebody(emulator, repository);
    others.push(somebody);
    return somebody;
  };
  /** Runs `up` and returns its outputs; a second `up` must find no changes. */
  const settle = async (stack: Stack): Promise<Record<string, unknown>> => {
    const { outputs } = await stack.up();
    await stack.up({ expectNoChanges: true });
    return Object.fromEntries(
      Object.entries(outputs).map(([key, { value }]) => [key, value as unknown]),
    );
  };

  it("locked-release: keeps released versions and moves the channel", async () => {
    const stack = await stackOf("locked-release");
    const somebody = somebodyIn("releases/settings");
    await settle(stack);
    const first = await somebody.digestOf("1.0.0");
    assert.ok(first);
    assert.equal(await somebody.digestOf("stable"), first);
    await assert.rejects(
      somebody.publish("something else", "1.0.0"),
      /REGISTRY_DISALLOWED_OPERATION/,
    );

    writeFileSync(file("settings.json"), '{ "region": "northeurope" }\n');
    await assert.rejects(stack.up(), /releases\/settings:1\.0\.0 is locked .*such as a TagLock/);
    assert.equal(await somebody.digestOf("1.0.0"), first);
    assert.equal(await somebody.digestOf("stable"), first);

    await stack.setConfig("version", { value: "1.1.0" });
    await settle(stack);
    const second = await somebody.digestOf("1.1.0");
    assert.notEqual(second, first);
    assert.equal(await somebody.digestOf("1.0.0"), first);
    assert.equal(await somebody.digestOf("stable"), second);

    await stack.destroy();
    assert.equal(await somebody.digestOf("stable"), undefined);
    for (const tag of ["1.0.0", "1.1.0"]) {
      assert.equal((await somebody.attributesOfTag(tag))?.writeEnabled, false, tag);
    }
  });

  it("drift-check: fails once somebody changed something, and names it", async () => {
    const stack = await stackOf("drift-check");
    const somebody = somebodyIn("security/rules");
    await settle(stack);
    const check = (): Promise<unknown> =>
      stack.refresh({ previewOnly: true, expectNoChanges: true });
    await check();
    await somebody.setTagAttributes("production", { writeEnabled: true });
    const foreign = await somebody.publish("allow all", "production");
    await assert.rejects(check(), (error: Error) => {
      assert.match(error.message, CHANGES_FOUND);
      assert.ok(error.message.includes(`it names ${foreign}`), error.message);
      return true;
    });
    await stack.up({ refresh: true });
    assert.notEqual(await somebody.digestOf("production"), foreign);
    await check();
    await stack.destroy();
  });

  it("helm-chart: tags the chart with its version and keeps earlier versions", async () => {
    const stack = await stackOf("helm-chart");
    const somebody = somebodyIn("charts/web");
    const { tags } = await settle(stack);
    assert.deepEqual(tags, ["0.1.0"]);
    const first = await somebody.digestOf("0.1.0");
    const chart = readFileSync(file("web/Chart.yaml"), "utf8");
    writeFileSync(file("web/Chart.yaml"), chart.replace("version: 0.1.0", "version: 0.2.0"));
    await settle(stack);
    assert.equal(await somebody.digestOf("0.1.0"), first);
    assert.notEqual(await somebody.digestOf("0.2.0"), first);
    await stack.destroy();
  });

  it("sbom: lists what is attached to the image and removes it with the image", async () => {
    const stack = await stackOf("sbom");
    const somebody = somebodyIn("apps/hello");
    await settle(stack);
    const image = await somebody.digestOf("1.0.0");
    const layout = JSON.parse(readFileSync(file("image/index.json"), "utf8")) as {
      manifests: readonly { digest: string }[];
    };
    assert.equal(image, layout.manifests[0]?.digest);
    const types: (string | undefined)[] = [];
    for await (const { artifactType } of somebody.repository.referrers.list(String(image))) {
      types.push(artifactType);
    }
    assert.deepEqual(types.sort(), [
      "application/spdx+json",
      "application/vnd.microsoft.artifact.lifecycle",
    ]);
    await stack.destroy();
    assert.equal(await somebody.has(String(image)), false);
  });

  it("promotion: publishes the same digest without sending content", async () => {
    const stack = await stackOf("promotion");
    const [dev, prod] = [somebodyIn("dev/site"), somebodyIn("prod/site")];
    await settle(stack);
    const first = await dev.digestOf("1.0.0");
    assert.equal(await prod.digestOf("live"), first);
    const uploads = emulator.journal.entries.filter(
      ({ method, path }) => method !== "GET" && path.startsWith("/v2/prod/site/blobs/"),
    );
    assert.ok(uploads.length > 0);
    for (const { path, query } of uploads) assert.match(query, /mount=/, path);

    writeFileSync(file("site/index.html"), "<h1>Next</h1>\n");
    await stack.setConfig("version", { value: "1.1.0" });
    await settle(stack);
    assert.notEqual(await prod.digestOf("live"), first);
    assert.equal(await prod.digestOf("live"), await dev.digestOf("1.1.0"));
    assert.equal(await prod.digestOf("1.0.0"), first);
    await stack.destroy();
    assert.equal(await prod.digestOf("live"), undefined);
  });

  it("retention: keeps the three newest builds and all releases", async () => {
    const stack = await stackOf("retention");
    const somebody = somebodyIn("builds/report");
    for (const build of ["1", "2", "3"]) {
      await stack.setConfig("build", { value: build });
      await stack.up();
    }
    await somebody.tag("release-1", String(await somebody.digestOf("build-1")));
    for (const build of ["4", "5"]) {
      await stack.setConfig("build", { value: build });
      await stack.up();
    }
    await stack.up({ expectNoChanges: true });
    const tags: string[] = [];
    for await (const tag of somebody.repository.tags.list()) tags.push(tag);
    assert.deepEqual(tags, ["build-1", "build-3", "build-4", "build-5", "release-1"]);
    await stack.destroy();
  });
});
