import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import type { Emulator } from "pulumi-acr/emulator";
import { checkout, pulumiDirectory } from "../../tools/installed.js";
import { environmentFor } from "../support/engine.js";
import type { TemporaryFolder } from "../support/temporaryFolder.js";

/**
 * A stack on the real engine of the program in these files or folders of the checkout, copied to a folder of its own: a
 * stack writes its settings beside its program.
 */
export async function createStack(
  folder: TemporaryFolder,
  emulator: Emulator,
  copied: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<automation.Stack> {
  const workDir = join(folder.path, "project");
  const backend = join(folder.path, "backend");
  for (const made of [workDir, backend]) mkdirSync(made);
  for (const path of copied) {
    cpSync(join(checkout, path), target(workDir, path, copied), {
      recursive: true,
      filter: isPublic,
    });
  }
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

/** One folder is the project itself; several paths keep their places. */
function target(workDir: string, path: string, copied: readonly string[]): string {
  return copied.length === 1 ? workDir : join(workDir, path);
}

/** Settings and dependencies of somebody who tried an example by hand stay where they are. */
function isPublic(path: string): boolean {
  return !/(?:node_modules|Pulumi\.[^/\\]+\.yaml)$/u.test(path);
}
