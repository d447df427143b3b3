import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "mocha";

import { TemporaryFolder } from "../support/temporaryFolder.js";
import { exchange } from "./exchange.js";

const cli = join(__dirname, "..", "..", "emulator", "cli.js");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, [cli, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
}

async function run(...argv: string[]): Promise<Ended> {
  const child = start(...argv);
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out: await out, err: await err };
}

async function collect(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const part of stream ?? []) text += part.toString();
  return text;
}

async function lines(child: ChildProcess): Promise<string[]> {
  assert.ok(child.stdout);
  const read: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    read.push(line);
    if (line.startsWith("Stop it")) break;
  }
  return read;
}

describe("pulumi-acr", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`emulator: prints its address and how to use it, and ends on ${signal}`, async () => {
      const child = start("emulator", "--username", "me", "--password", "it's secret");
      const ended = once(child, "exit");
      const printed = await lines(child);
      const url = /^ACR emulator ready at (http:\/\/127\.0\.0\.1:\d+)$/.exec(printed[0] ?? "")?.[1];
      assert.ok(url !== undefined, printed[0]);
      const text = printed.join("\n");
      for (const command of [
        `  pulumi config set acr:loginServer ${url}`,
        "  pulumi config set acr:credential token",
        "  pulumi config set acr:username me",
        `  pulumi config set --secret acr:password 'it'\\''s secret'`,
        `  oras login ${url.slice("http://".length)} --plain-http --username me `,
      ]) {
        assert.ok(text.includes(command), `${command}\nis not in\n${text}`);
      }
      const authorization = `Basic ${Buffer.from("me:it's secret").toString("base64")}`;
      assert.equal((await exchange(`${url}/v2/`, { headers: { authorization } })).status, 200);
      child.kill(signal);
      assert.deepEqual(await ended, [0, null]);
    });
  }

  it("emulator --tls: says which certificate to trust", async () => {
    const child = start("emulator", "--tls");
    const ended = once(child, "exit");
    const printed = (await lines(child)).join("\n");
    assert.match(printed, /^ACR emulator ready at https:/);
    assert.match(printed, / {2}export NODE_EXTRA_CA_CERTS=\S+ca\.pem\n/);
    assert.match(printed, / {2}pulumi config set acr:loginServer 127\.0\.0\.1:\d+\n/);
    child.kill("SIGINT");
    assert.deepEqual(await ended, [0, null]);
  });

  it("emulator --config: takes options from a file; the command line overrides them", async () => {
    const folder = new TemporaryFolder();
    try {
      const options = { username: "file", password: "x", entra: { tenantId: "t" } };
      folder.write({ "options.json": JSON.stringify(options) });
      const file = join(folder.path, "options.json");
      const child = start("emulator", "--config", file, "--username", "flag");
      const ended = once(child, "exit");
      const printed = (await lines(child)).join("\n");
      assert.match(printed, / {2}pulumi config set acr:username flag\n/);
      assert.match(printed, / {2}export AZURE_AUTHORITY_HOST=https:\/\/127\.0\.0\.1:\d+\n/);
      child.kill("SIGTERM");
      assert.deepEqual(await ended, [0, null]);
      folder.write({ "options.json": '{"pots": 1}' });
      const { code, err } = await run("emulator", "--config", file);
      assert.equal(code, 2);
      assert.match(err, /Unrecognized key: "pots"/);
    } finally {
      folder.remove();
    }
  });

  it("emulator: leaves no folder behind, even if its terminal is closed", async () => {
    const folder = new TemporaryFolder();
    try {
      const env = { ...process.env, TMPDIR: folder.path };
      const child = spawn(process.execPath, [cli, "emulator"], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const ended = once(child, "exit");
      await lines(child);
      assert.equal(readdirSync(folder.path).length, 1);
      child.kill("SIGHUP");
      assert.deepEqual(await ended, [0, null]);
      assert.deepEqual(readdirSync(folder.path), []);
    } finally {
      folder.remove();
    }
  });

  it("emulator: names a port that is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    try {
      for (const flag of ["--port", "--storage-port"]) {
        const { code, out, err } = await run("emulator", flag, String(port));
        assert.deepEqual([code, out], [1, ""]);
        assert.match(
          err,
          new RegExp(`127\\.0\\.0\\.1:${String(port)} failed: something else listens`),
        );
      }
    } finally {
      taken.close();
    }
  });

  it("emulator: names a data directory that it cannot use", async () => {
    const folder = new TemporaryFolder();
    try {
      folder.write({ file: "" });
      for (const path of ["file", join("file", "below")]) {
        const { code, err } = await run("emulator", "--data", join(folder.path, path));
        assert.equal(code, 1);
        assert.match(err, /The data directory \S+ cannot be created: a file is in its place\.$/m);
      }
    } finally {
      folder.remove();
    }
  });

  it("--help", async () => {
    const { code, out, err } = await run("--help");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^Usage: pulumi-acr emulator \[options\]\n/);
  });

  const wrong: readonly [argv: readonly string[], message: RegExp][] = [
    [[], /A command is missing/],
    [["serve"], /Unknown command "serve"/],
    [["emulator", "--bogus"], /--bogus/],
    [["emulator", "more"], /Unexpected argument "more"/],
    [["emulator", "--port", "http"], /--port needs a number from 0 to 65535, not "http"/],
    [["emulator", "--storage-port", "x"], /--storage-port needs a number/],
    [["emulator", "--storage-host", ""], /--storage-host needs a non-empty value/],
    [["emulator", "--username", "a:b"], /cannot be called "a:b": Basic authentication/],
    [["emulator", "--password", ""], /--password needs a non-empty value/],
    [["emulator", "--host", "0.0.0.0"], /--allow-non-loopback/],
    [["emulator", "--throttling", "free"], /--throttling needs basic or premium/],
    [["emulator", "--config", "/none.json"], /\/none\.json could not be read/],
  ];
  for (const [argv, message] of wrong) {
    it(`${argv.join(" ") || "nothing"}: exits with 2`, async () => {
      const { code, out, err } = await run(...argv);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
