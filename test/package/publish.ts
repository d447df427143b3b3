import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { parseTag, RegistryClient } from "pulumi-acr/client";
import type { Emulator } from "pulumi-acr/emulator";
import { pulumiDirectory } from "../../tools/installed.js";
import { environmentFor } from "../support/engine.js";
import { pulumiSettings } from "../../tools/pulumiSettings.js";
import type { InstalledPackage } from "./installedPackage.js";
import type { Program } from "./programs.js";

/** Publishes and destroys with the program on the real engine; returns the digest. */
export async function publish(
  program: Program,
  installed: InstalledPackage,
  emulator: Emulator,
): Promise<string> {
  const name = program.name.toLowerCase().replace(/\W+/gu, "-");
  const workDir = installed.subproject(name, program.files);
  const stack = await automation.LocalWorkspace.createStack(
    { stackName: "dev", workDir },
    {
      pulumiCommand: await automation.PulumiCommand.get({ root: dirname(pulumiDirectory()) }),
      envVars: environment(program, installed, emulator, name),
    },
  );
  const { outputs } = await stack.up();
  const digest: unknown = outputs["digest"]?.value;
  assert.equal(await publishedDigest(emulator), digest);
  await stack.destroy();
  assert.equal(await publishedDigest(emulator), undefined);
  return String(digest);
}

async function publishedDigest(emulator: Emulator): Promise<string | undefined> {
  using registry = new RegistryClient(emulator.url, {
    credential: { kind: "token", ...emulator.credentials },
  });
  const live = await registry.repository("hello").manifests.resolve(parseTag("1.0.0"));
  return live?.digest;
}

function environment(
  { ownCompiler }: Program,
  { scratch, compilerFolder }: InstalledPackage,
  emulator: Emulator,
  name: string,
): Record<string, string> {
  const backend = join(scratch, `backend-${name}`);
  mkdirSync(backend);
  return {
    ...environmentFor(emulator),
    ...pulumiSettings(join(scratch, "home"), backend),
    NODE_PATH: ownCompiler ? compilerFolder : "",
    // ts-node caches compiled files without regard to the compiler.
    TMPDIR: backend,
  };
}
