import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { closeSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe } from "mocha";
import { measure } from "../bench/measure.js";
import { DockerRegistry } from "../support/dockerRegistry.js";
import { itWith } from "../support/foreignClients.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const BENCH = join(__dirname, "..", "bench");
const MIB = 1024 * 1024;

describe("the benchmark", function () {
  this.timeout(120_000);
  let folder: TemporaryFolder;

  before(() => (folder = new TemporaryFolder()));
  after(() => folder.remove());

  async function bench(...args: string[]): Promise<unknown> {
    const json = join(folder.path, "figures.json");
    const command = [join(BENCH, "main.js"), ...args, "--quick", "--json", json];
    await promisify(execFile)(process.execPath, command);
    return JSON.parse(readFileSync(json, "utf8"));
  }

  const clients = ["docker-registry", "oras", "crane", "regctl", "skopeo"] as const;
  itWith(clients, "compares pushes with those of every other client", async () => {
    const { push } = (await bench("push")) as { push: { speed: readonly Row[] } };
    const requests = new Map(push.speed.map(({ client, requests }) => [client, requests]));
    // Two to recognise the registry, three and two for the blobs, one each for manifest and tag.
    assert.equal(requests.get("pulumi-acr"), 2 + 3 + 2 + 2);
    assert.deepEqual(
      [...requests.keys()].filter((client) => !client.startsWith(" ")),
      [
        "pulumi-acr",
        "oras push",
        "regctl artifact put",
        "crane push",
        "skopeo copy",
        "regctl image copy",
      ],
    );
    for (const { client, seconds } of push.speed) assert.ok(seconds > 0, client);
  });

  itWith(["oras"], "compares packing with oras", async () => {
    const { pack } = (await bench("pack")) as {
      pack: { rows: readonly { what: string; seconds: number; memoryMiB: number }[] };
    };
    assert.deepEqual(
      pack.rows.map(({ what }) => what),
      [
        "changed",
        "changed, and read for sending",
        "unchanged",
        "oras push of the folder, whole command",
      ],
    );
    for (const { what, seconds, memoryMiB } of pack.rows) {
      assert.ok(seconds > 0 && memoryMiB > 0, what);
    }
  });

  itWith(["docker-registry"], "needs no more memory for 512 MiB than for 0 bytes", async () => {
    const registry = await DockerRegistry.start();
    try {
      const memory = async (mebibytes: number): Promise<number> => {
        const file = join(folder.path, `sparse${mebibytes}`);
        const handle = openSync(file, "w");
        ftruncateSync(handle, mebibytes * MIB);
        closeSync(handle);
        const push = [join(BENCH, "pushFile.js"), registry.directUrl, "bench/memory", "v1", file];
        const { output } = await measure([process.execPath, ...push], { home: folder.path });
        const [, peak] = /"peakMemoryMiB":([\d.]+)/.exec(output) ?? [];
        assert.ok(peak !== undefined, output);
        return Number(peak);
      };
      const [nothing, much] = [await memory(0), await memory(512)];
      assert.ok(much < 120, `${much} MiB`);
      assert.ok(much - nothing < 30, `${much} MiB, ${nothing} MiB for an empty file`);
    } finally {
      await registry.close();
    }
  });
});

interface Row {
  readonly client: string;
  readonly seconds: number;
  readonly requests?: number;
}
