import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, it } from "mocha";

import { settingsFrom } from "../../emulator/options.js";
import { checkout } from "../../tools/installed.js";
import { exchange, withEmulator } from "./exchange.js";

const manual = readFileSync(join(checkout, "docs", "emulator.md"), "utf8");

interface Command {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** The curl commands of the manual, read as a shell would. */
function commands(): Command[] {
  const found = manual.matchAll(/^curl -s (?:-X (\w+) )?\$URL(\S+)(?: -d '([^']*)')?$/gm);
  return [...found].map(([, method, path = "", body]) => ({
    method: method ?? (body === undefined ? "GET" : "POST"),
    path,
    ...(body === undefined ? {} : { body }),
  }));
}

describe("docs/emulator.md", () => {
  it("names every option", () => {
    const table = manual.slice(manual.indexOf("## Options"), manual.indexOf("## Who may"));
    for (const option of Object.keys(settingsFrom({}))) {
      assert.ok(table.includes(`\`${option}\``), option);
    }
  });

  it("names every flag", async () => {
    const cli = join(__dirname, "..", "..", "emulator", "cli.js");
    const { stdout } = await promisify(execFile)(process.execPath, [cli, "--help"]);
    const flags = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag = ""]) => flag);
    assert.ok(flags.length > 8);
    for (const flag of flags.filter((one) => one !== "--help")) {
      assert.ok(manual.includes(`| \`${flag}`), flag);
    }
  });

  it("its curl commands work as they stand", () =>
    withEmulator({}, async (emulator) => {
      const all = commands();
      assert.equal(all.length, 10);
      for (const { path, ...sent } of all) {
        const { status, body } = await exchange(emulator.url + path, sent);
        assert.ok(status < 300, `${sent.method} ${path}: ${body.toString()}`);
      }
    }));
});
