import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { measured, type MeasuredOptions } from "../support/measured.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import type { Publication, Published } from "./bounds/publish.js";
import { SinkRegistry } from "./bounds/sinkRegistry.js";

const GIB = 1024 ** 3;
/** 5 GiB take half a minute on two busy cores; memory is the same from 256 MiB on. */
const FILE_GIB = process.env["CI"] === "true" ? 5 : 1;
const MANY_LAYERS = 10_000;
const MANY_TAGS = 100_000;
const MANY_FILES = 10_000;

const programNamed = (name: string): string => join(__dirname, "bounds", `${name}.js`);

describe("memory does not grow with", function () {
  this.timeout(300_000);
  this.slow(60_000);
  const folder = new TemporaryFolder();
  let close: () => Promise<void> = () => Promise.resolve();
  afterEach(async () => {
    await close();
    folder.remove();
  });

  it(`the size of a file: ${FILE_GIB} GiB`, async () => {
    const sink = await SinkRegistry.start();
    close = () => sink.close();
    const path = join(folder.path, "sparse");
    writeFileSync(path, "");
    truncateSync(path, FILE_GIB * GIB);
    const { result, grownMib } = await measured<string>(programNamed("pushFile"), {
      url: sink.url,
      path,
    });
    assert.equal(result, "uploaded");
    assert.equal(sink.received, FILE_GIB * GIB, "each byte is sent once");
    assert.ok(grownMib < 120, `grew by ${Math.round(grownMib)} MiB`);
  });

  it(`the tags of a repository: ${MANY_TAGS}`, async () => {
    const sink = await SinkRegistry.start({ tags: MANY_TAGS });
    close = () => sink.close();
    const { url } = sink;
    const { result, grownMib } = await measured<number>(programNamed("listTags"), { url });
    assert.equal(result, MANY_TAGS);
    assert.ok(grownMib < 120, `grew by ${Math.round(grownMib)} MiB`);
  });
});

describe("scarce resources", function () {
  this.timeout(300_000);
  this.slow(60_000);
  let emulator: Emulator;
  let folder: TemporaryFolder;
  beforeEach(async () => {
    emulator = await startEmulator({ journalLimit: 100 });
    folder = new TemporaryFolder();
  });
  afterEach(async () => {
    folder.remove();
    await emulator.close();
  });

  const publish = (layers: Publication["layers"], options: MeasuredOptions = {}) => {
    const argument: Publication = { environment: environmentFor(emulator), layers };
    return measured<Published>(programNamed("publish"), argument, options);
  };
  const assertPublished = ({ planned, published, operations }: Published): void => {
    assert.equal(published, planned);
    assert.deepEqual(operations, ["same", "same"]);
    assert.equal(emulator.openUploads(), 0);
  };
  /** Names and contents that cannot be compressed. */
  const directoryOf = (files: number, bytes: number): string => {
    const directory = join(folder.path, "many");
    for (let index = 0; index < files; index += 1) {
      const parent = join(directory, String(index % 100));
      if (index < 100) mkdirSync(parent, { recursive: true });
      writeFileSync(join(parent, `f${index}`), randomBytes(bytes));
    }
    return directory;
  };

  it(`memory: an artifact of ${MANY_LAYERS} layers is published, left alone and looked at`, async () => {
    const layers = Array.from({ length: MANY_LAYERS }, (_, index) => ({
      content: `layer ${index}`,
      title: `f${index}`,
    }));
    const { result, grownMib } = await publish(layers);
    assertPublished(result);
    assert.ok(grownMib < 400, `grew by ${Math.round(grownMib)} MiB`);
    // Twice the layers take twice the time, not four times; half a second is what they take.
    assert.ok(result.unchangedCpuMs < 5_000, `${result.unchangedCpuMs} ms for no change`);
  });

  it(`descriptors: a directory of ${MANY_FILES} files, with 48 of them`, async () => {
    const directory = directoryOf(MANY_FILES, 500);
    const { result } = await publish([{ directory }], { descriptors: 48 });
    assertPublished(result);
  });

  it("space for temporary files: where there is none, nothing is kept, and all is sent", async () => {
    const directory = directoryOf(100, 5_000);
    const nowhere = join(folder.path, "nowhere");
    const { result } = await publish([{ directory }], { environment: { TMPDIR: nowhere } });
    assertPublished(result);
    assert.equal(existsSync(nowhere), false);
  });

  it("space for temporary files: where it ends half way, all is sent all the same", async () => {
    const directory = directoryOf(100, 5_000);
    const here = join(folder.path, "here");
    mkdirSync(here);
    const environment = { TMPDIR: here };
    const { result } = await publish([{ directory }], { environment, fileKib: 64 });
    assertPublished(result);
    assert.deepEqual(readdirSync(here), []);
  });

  it("space for temporary files: what was there is gone in the end", async () => {
    const directory = directoryOf(100, 5_000);
    const here = join(folder.path, "here");
    mkdirSync(here);
    const { result } = await publish([{ directory }], { environment: { TMPDIR: here } });
    assertPublished(result);
    assert.deepEqual(readdirSync(here), []);
  });
});
