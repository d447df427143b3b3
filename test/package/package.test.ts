import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { brokenLines, brokenTypes, type Compiler, compilers } from "./compilers.js";
import { exclusiveArguments, refusedLines } from "./exclusiveArguments.js";
import { InstalledPackage, npm } from "./installedPackage.js";
import { programs } from "./programs.js";
import { publish } from "./publish.js";

const execute = promisify(execFile);

/** Imports from every entry point, as values and as types. */
const everyEntryPoint = `import * as pulumi from "@pulumi/pulumi";
import * as acr from "pulumi-acr";
import { RegistryClient, Repository } from "pulumi-acr/client";
import { provider } from "pulumi-acr/provider";
import { Emulator, startEmulator } from "pulumi-acr/emulator";

const registry: acr.RegistryArgs = { loginServer: "myregistry.azurecr.io" };
const artifact = new acr.OciArtifact("artifact", { repository: "hello", registry });
export const digest: pulumi.Output<string> = artifact.digest;
export const repository: Repository = new RegistryClient("myregistry.azurecr.io").repository("a");
export const emulator: Promise<Emulator> = startEmulator();
export const found: pulumi.Output<string> = acr.getArtifactOutput({ reference: artifact.id, registry }).digest;
export const lock: Promise<boolean | undefined> = acr
  .getArtifact({ repository: "hello", tag: "1", registry: { loginServer: "myregistry.azurecr.io" } })
  .then(({ attributes }) => attributes?.writeEnabled);
export const newest: pulumi.Output<acr.NewestTagResult> = acr.getNewestTagOutput(
  { repository: artifact.repository, by: "semver", range: pulumi.output("^1.2") },
  { dependsOn: [artifact] },
);
export const name: string = provider("OciArtifact", 1) && "OciArtifact";
`;

/** Node finds the names that a CommonJS module exports by reading it, not by running it. */
const importEveryName = `import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
for (const entry of ["", "/client", "/provider", "/emulator"]) {
  const imported = Object.keys(await import("pulumi-acr" + entry));
  const missing = Object.keys(require("pulumi-acr" + entry)).filter((name) => !imported.includes(name));
  if (imported.length < 2 || missing.length > 0) throw new Error(entry + " lacks " + missing);
}
console.log("all there");
`;

describe("package", function () {
  // Installs 300 packages, and runs the real engine for each kind of program.
  this.timeout(240_000);
  this.slow(30_000);

  let installed: InstalledPackage;
  let emulator: Emulator;
  before(async () => {
    [installed, emulator] = await Promise.all([InstalledPackage.create(), startEmulator()]);
  });
  after(async () => {
    await emulator.close();
    installed.remove();
  });

  it("contains only what its entry points need and its documentation", () => {
    const expected =
      /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|docs\/\w+\.md|dist\/(?:resources|provider|emulator)\/.+\.(?:js|js\.map|d\.ts))$/u;
    const paths = installed.packed.files.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) => !expected.test(path)),
      [],
    );
    const readme = readFileSync(join(installed.root, "README.md"), "utf8");
    const manuals = [...readme.matchAll(/\]\((docs\/[^)#]+)/gu)].map(([, path = ""]) => path);
    assert.ok(manuals.length > 0);
    for (const words of ["README.md", "CHANGELOG.md", "LICENSE", ...manuals]) {
      assert.ok(paths.includes(words), words);
    }
    // Far above the real size: it detects files that do not belong, not growth.
    assert.ok(installed.packed.size < 1_500_000, `${installed.packed.size} bytes to download`);
  });

  it("has source maps that contain their sources", () => {
    const maps = installed.packed.files.filter(({ path }) => path.endsWith(".js.map"));
    const empty = maps.filter(({ path }) => {
      const map = JSON.parse(readFileSync(join(installed.root, path), "utf8")) as SourceMap;
      return map.sourcesContent?.length !== map.sources.length;
    });
    assert.ok(maps.length > 0);
    assert.deepEqual(empty, []);
  });

  it("requires at run time only packages that its package.json names", () => {
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(join(installed.root, "package.json"), "utf8"),
    ) as Record<"dependencies" | "peerDependencies", Record<string, string>>;
    const allowed = [...Object.keys({ ...dependencies, ...peerDependencies }), "pulumi-acr"];
    const foreign = installed.packed.files
      .filter(({ path }) => path.endsWith(".js"))
      .flatMap(({ path }) => requiredPackages(readFileSync(join(installed.root, path), "utf8")));
    assert.deepEqual(
      [...new Set(foreign)].filter((name) => !allowed.includes(name)),
      [],
    );
  });

  for (const compiler of compilers) {
    it(`has types that ${compiler.name} understands`, () => {
      assert.deepEqual(typesOf(compiler), []);
    });
  }

  for (const compiler of compilers) {
    it(`has types with which ${compiler.name} refuses arguments that exclude each other`, () => {
      const folder = installed.subproject(`${compiler.folder}-exclusive`, {
        "program.ts": exclusiveArguments,
      });
      assert.deepEqual(brokenLines(compiler, join(folder, "program.ts")), refusedLines);
    });
  }

  function typesOf(compiler: Compiler): readonly string[] {
    const folder = installed.subproject(compiler.folder, {
      "program.ts": compiler.program ?? everyEntryPoint,
    });
    return brokenTypes(compiler, installed.root, join(folder, "program.ts"));
  }

  it("can be imported by name from ECMAScript modules", async () => {
    const folder = installed.subproject("names", { "names.mjs": importEveryName });
    const { stdout } = await execute(process.execPath, [join(folder, "names.mjs")]);
    assert.equal(stdout, "all there\n");
  });

  it("provides the command pulumi-acr", async () => {
    const { stdout } = await npm(
      installed.project,
      "exec",
      "--",
      "pulumi-acr",
      "emulator",
      "--help",
    );
    assert.match(stdout, /^Usage: pulumi-acr emulator/u);
  });

  for (const program of programs) {
    it(`publishes from ${program.name}`, async () => {
      const digest = await publish(program, installed, emulator);
      assert.match(digest, /^sha256:[0-9a-f]{64}$/u);
    });
  }
});

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly string[];
}

/** Packages that a compiled file loads, at once or later. */
function requiredPackages(code: string): string[] {
  const loads = code.matchAll(/\b(?:require|import)\("([^."][^"]*)"\)/gu);
  return [...loads]
    .map(([, specifier = ""]) => specifier)
    .filter((specifier) => !specifier.startsWith("node:"))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/u.exec(specifier)?.[0] ?? specifier);
}
