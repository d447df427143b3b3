import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { describe, it } from "mocha";
import { startEmulator } from "../../emulator/index.js";
import { packMemo } from "../../provider/artifact/packMemo.js";
import { Spool } from "../../provider/artifact/packSpool.js";
import { parseDigest } from "../../provider/oci/digest.js";
import { leftSince } from "../support/leakWatch.js";
import { openThings } from "../support/openThings.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

interface Leak {
  /** The name in the report; only Linux lists descriptors. */
  readonly told: RegExp;
  readonly linuxOnly?: true;
  /** Opens it and returns a function that closes it. */
  readonly open: () => Promise<() => unknown>;
}

const LEAKS: Readonly<Record<string, Leak>> = {
  "a server": {
    told: /^TCPServerWrap$/m,
    open: async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return () => server.close();
    },
  },
  "both ends of a connection": {
    told: /^2 times TCPSocketWrap$/m,
    open: async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const socket = connect(port ?? 0, "127.0.0.1");
      await once(server, "connection");
      server.close();
      return () => socket.destroy();
    },
  },
  "a child process": {
    told: /^ProcessWrap$/m,
    open: () => {
      const child = spawn(process.execPath, ["-e", "setInterval(() => 0, 1e6)"], {
        stdio: "ignore",
      });
      return Promise.resolve(() => child.kill("SIGKILL"));
    },
  },
  "a file": {
    told: /^descriptor of .*leakWatch\.test\.js$/m,
    linuxOnly: true,
    open: async () => {
      const file = await open(__filename);
      return () => file.close();
    },
  },
  "a temporary folder": {
    told: /^temporary pulumi-acr-test-/m,
    open: () => {
      const folder = new TemporaryFolder();
      return Promise.resolve(() => folder.remove());
    },
  },
  "an emulator": {
    told: /^temporary acr-emulator-/m,
    open: async () => {
      const emulator = await startEmulator();
      return () => emulator.close();
    },
  },
};

describe("the watch for things that tests leave open", () => {
  for (const [what, { told, linuxOnly, open: begin }] of Object.entries(LEAKS)) {
    if (linuxOnly && !existsSync("/proc/self/fd")) continue;
    it(`names ${what} until it is closed`, async () => {
      const before = await openThings();
      const close = await begin();
      const left = await leftSince(before, 0);
      await close();
      assert.match(left.join("\n"), told);
      assert.deepEqual(await leftSince(before), []);
    });
  }

  it("closes what packing has cached", async () => {
    const before = await openThings();
    const digest = parseDigest(`sha256:${"0".repeat(64)}`);
    const spool = await Spool.create();
    const key = { tarDigest: digest, compressor: "a test's" };
    await packMemo.remember(key, { digest, size: 0, spool });
    assert.deepEqual(await leftSince(before, 0), []);
    assert.equal(spool?.isUsable(), false);
  });
});
