import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import type { Emulator } from "pulumi-acr/emulator";
import { checkout, pulumiDirectory } from "../../tools/installed.js";
import { environmentFor } from "./engine.js";
import type { TemporaryFolder } from "./temporaryFolder.js";

/** A stack on the real engine of the program in `project` of this folder, in a process of its own as users have it. */
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
        PULUMI_HOME: join(folder.path, "home"),
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
        TMPDIR: folder.path,
        ...environment,
      },
    },
  );
}
