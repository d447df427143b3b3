// The official way to a Pulumi CLI: the installer of the Automation API. Needs the internet.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pinnedNode, root } from "./paths.mjs";
import { progress } from "./progress.mjs";
import { pulumiVersion } from "./pulumiBuild.mjs";
import { run, runMain } from "./run.mjs";

const installer = "https://get.pulumi.com/install.sh";

/** Long enough for a handshake, and short enough not to delay without internet. */
const reachMs = 5_000;

/** Enough time for about 150 MB. */
const downloadMs = 240_000;

/**
 * Installs into `folder/bin`.
 * @param {string} folder
 * @returns {Promise<string | undefined>} Why it could not.
 */
export async function installPulumi(folder) {
  const unreachable = await whyUnreachable();
  if (unreachable !== undefined) return unreachable;
  const line = progress(`downloading Pulumi ${pulumiVersion}`);
  const args = [join(root, "tools", "pulumiInstaller.mjs"), folder];
  const { code, all } = await run(pinnedNode(), args, { timeoutMs: downloadMs });
  if (code === 0) line.done();
  else line.failed();
  return code === 0 ? undefined : `the download ended with ${code}: ${all.trim().slice(-300)}`;
}

/** @returns {Promise<string | undefined>} */
async function whyUnreachable() {
  try {
    await fetch(installer, { method: "HEAD", signal: AbortSignal.timeout(reachMs) });
    return undefined;
  } catch (error) {
    const { cause, message } = /** @type {Error} */ (error);
    return `${installer} cannot be reached: ${cause instanceof Error ? cause.message : message}`;
  }
}

// In a process of its own, which can be ended when it takes too long: the installer starts a shell and a download.
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await runMain(async () => {
    const require = createRequire(join(root, "package.json"));
    const { SemVer } = createRequire(require.resolve("@pulumi/pulumi"))("semver");
    const { PulumiCommand } = require("@pulumi/pulumi/automation");
    await PulumiCommand.install({ version: new SemVer(pulumiVersion), root: process.argv[2] });
  });
}
