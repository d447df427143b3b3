import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import type { Emulator } from "pulumi-acr/emulator";
import { checkout, pulumiDirectory } from "../../tools/installed.js";
import { environmentFor } from "./engine.js";
import { pulumiSettings } from "../../tools/pulumiSettings.js";
import type { TemporaryFolder } from "./temporaryFolder.js";

/** A stack on the real engine that runs the program in `project` of this folder as a process. */
export async function createProgramStack(
  folder: TemporaryFolder,
  emulator: Emulator,
  environment: Readonly<Record<string, string>> = {},
): Promise<automation.Stack> {
  const workDir = join(folder.path, "project");
  const backend = join(folder.path, "backend");
  mkdirSync(backend);
  symlinkSync(join(checkout, "node_modules"), join(workDir, "node_modules"), "junction");
  return automation.LocalWorkspace.createStack(
    { stackName: "dev", workDir },
    {
      pulumiCommand: await automation.PulumiCommand.get({ root: dirname(pulumiDirectory()) }),
      envVars: {
        ...environmentFor(emulator),
        ...pulumiSettings(join(folder.path, "home"), backend),
        TMPDIR: folder.path,
        ...environment,
      },
    },
  );
}
