import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  type Digest,
  encodeManifest,
  memoryBlob,
  OCI_INDEX,
  OCI_MANIFEST,
} from "pulumi-acr/client";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { readCopy } from "../../provider/artifact/copy.js";
import { eachOf } from "../../provider/concurrency/eachOf.js";
import { environmentFor } from "../support/engine.js";
import { measured } from "../support/measured.js";
import { requestsTo } from "../support/requests.js";
import { Somebody } from "../support/somebody.js";
import type { Copied, Copying } from "./bounds/copyIndex.js";

/** docs/reliability.md has the figures for 10,000: the same for each, but for memory, which grows less. */
const CHILDREN = 400;
const SOURCE = "dev/app";
const TARGET = "prod/app";

const programNamed = (name: string): string => join(__dirname, "bounds", `${name}.js`);

describe(`a copy of an index with ${CHILDREN} children, each with a blob of its own`, function () {
  this.timeout(120_000);
  this.slow(60_000);
  let source: Emulator;
  let target: Emulator;
  let index: Digest;

  beforeEach(async () => {
    source = await startEmulator({ journalLimit: 1_000_000 });
    target = await startEmulator({ journalLimit: 1_000_000 });
    index = await publishIndex();
    source.journal.clear();
  });
  afterEach(async () => {
    for (const one of [source, target]) await one.close();
  });

  async function publishIndex(): Promise<Digest> {
    const somebody = new Somebody(source, SOURCE);
    const { blobs, manifests } = somebody.repository;
    const config = memoryBlob(Buffer.from("{}"), { mediaType: "application/vnd.example.config" });
    await blobs.push(config);
    const children = Array.from({ length: CHILDREN }, (_, at) => {
      const layer = memoryBlob(Buffer.from(`layer ${at}`), { mediaType: "text/plain" });
      const manifest = encodeManifest({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: config.descriptor,
        layers: [layer.descriptor],
      });
      return { layer, manifest };
    });
    await eachOf(children, { concurrency: 16 }, async ({ layer, manifest }) => {
      await blobs.push(layer);
      await manifests.push(manifest);
    });
    const root = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: children.map(({ manifest }) => manifest.descriptor),
    });
    await manifests.push(root);
    somebody.close();
    return root.descriptor.digest;
  }

  /** How often each request was made, referrers' lists by their kind. */
  function counted(emulator: Emulator): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const line of requestsTo(emulator)) {
      const key = line.replace(/ sha256-\w+$/, " of a list");
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  /** Copies, verifies everything that was copied, and removes it. */
  async function live(copying: Copying): Promise<void> {
    const inputs = { ...copying.inputs, repository: TARGET, verify: "included" };
    const program = programNamed("copyIndex");
    const { result, grownMib } = await measured<Copied>(program, { ...copying, inputs });
    assert.equal(result.included, CHILDREN);
    const figures = `${JSON.stringify(result)}, grew by ${Math.round(grownMib)} MiB`;
    // Each keeps a few KiB; the rest is garbage that is not collected yet.
    assert.ok(grownMib < 220, figures);
  }
  const [all, withRoot] = [CHILDREN, CHILDREN + 1];
  const listings = Math.ceil((2 * withRoot) / 1_000);

  it("between two repositories takes ten requests for each, from copy to removal", async () => {
    await live({
      environment: environmentFor(source),
      inputs: { source: { repository: SOURCE, digest: index } },
    });
    const { "GET manifests": lists = 0, ...counts } = counted(source);
    assert.ok(lists <= listings);
    assert.deepEqual(counts, {
      // The copy reads each manifest; the removal reads the index for its subject and children.
      "GET manifest": withRoot + 2,
      "GET referrers": 2 * withRoot,
      "GET tag of a list": 2 * withRoot,
      // Looked up before the copy, and by the refresh.
      "HEAD manifest": withRoot + all,
      "POST upload": withRoot,
      "PUT manifest": withRoot,
      // Read back, refreshed, and looked at before the removal, the root once more.
      "GET manifest properties": all + 4,
      "DELETE manifest": withRoot,
    });
  });

  it("between two registries reads each manifest and blob once", async () => {
    const registry = { loginServer: source.url, credential: "token", ...source.credentials };
    await live({
      environment: environmentFor(target),
      inputs: { source: { repository: SOURCE, digest: index, registry } },
    });
    assert.deepEqual(counted(source), {
      "GET manifest": withRoot,
      "GET referrers": withRoot,
      "GET tag of a list": withRoot,
      "GET blob": withRoot,
      "GET content": withRoot,
    });
    const { "GET manifests": lists = 0, ...counts } = counted(target);
    assert.ok(lists <= listings);
    assert.deepEqual(counts, {
      "HEAD manifest": withRoot + all,
      "HEAD blob": withRoot,
      "POST whole blob": withRoot,
      "PUT manifest": withRoot,
      "GET manifest properties": all + 4,
      "GET manifest": 2,
      "GET referrers": withRoot,
      "GET tag of a list": withRoot,
      "DELETE manifest": withRoot,
    });
  });

  it("keeps the bytes of a manifest, and not the piece of memory that they came in", async () => {
    const somebody = new Somebody(source, SOURCE);
    const { repository } = somebody;
    const from = { repository, base: SOURCE, sameRegistry: true, digest: index, referrers: false };
    const { included = [], ...root } = await readCopy(from, {});
    somebody.close();
    const kept = [root, ...included].map(({ manifest }) => manifest.bytes);
    assert.equal(kept.length, withRoot);
    for (const bytes of kept) assert.equal(bytes.buffer.byteLength, bytes.byteLength);
  });
});
