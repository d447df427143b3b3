// Finds a Pulumi CLI, or gets one: PATH, the official installer, a build from the published Go modules.
// Prints the folder that has to be on PATH. Node's own modules only.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { bootstrap } from "./bootstrap.mjs";
import { exclusively } from "./exclusive.mjs";
import { findCommand, pulumiFolder, root } from "./paths.mjs";
import { buildPulumi, buildFingerprint, pulumiVersion } from "./pulumiBuild.mjs";
import { installPulumi } from "./pulumiInstaller.mjs";
import { ToolError, run, runMain } from "./run.mjs";

/** The first engine whose refresh understands `inputs` in the answer to Read. */
const oldestMinor = 216;

/** Required files in one folder: engine, language host and launcher of the dynamic host. */
const launcher = "pulumi-resource-pulumi-nodejs";
const commands = ["pulumi", "pulumi-language-nodejs", launcher];

/**
 * The folder with a Pulumi CLI that works here, got first if it has to be.
 * @returns {Promise<string>}
 */
export async function pulumiDirectory() {
  const onPath = await directoryOnPath();
  if (onPath !== undefined) return onPath;
  await bootstrap();
  if (!isKept()) await exclusively("pulumi", getPulumi);
  return join(pulumiFolder, "bin");
}

/** @returns {Promise<string | undefined>} */
async function directoryOnPath() {
  const found = commands.map((name) => findCommand(name));
  const pulumi = found[0];
  if (pulumi === undefined || found.includes(undefined)) return undefined;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, stdout } = await run(pulumi, ["version"], { env, timeoutMs: 20_000 });
  const [, minor] = /^v?3\.(\d+)\./u.exec(stdout.trim()) ?? [];
  return code === 0 && Number(minor) >= oldestMinor ? dirname(pulumi) : undefined;
}

const stampFile = join(pulumiFolder, "made-from");

/** Whether the kept CLI was made from the versions that the checkout names now. */
function isKept() {
  const complete = commands.every((name) => findCommand(name, [join(pulumiFolder, "bin")]));
  return (
    complete && existsSync(stampFile) && readFileSync(stampFile, "utf8") === buildFingerprint()
  );
}

async function getPulumi() {
  if (isKept()) return;
  const fresh = `${pulumiFolder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(join(fresh, "bin"), { recursive: true });
  try {
    const whyNot = await installPulumi(fresh);
    if (whyNot !== undefined) await buildFromModules(fresh, whyNot);
    writeFileSync(join(fresh, "made-from"), buildFingerprint());
    rmSync(pulumiFolder, { recursive: true, force: true });
    renameSync(fresh, pulumiFolder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * @param {string} fresh
 * @param {string} whyNot Why the official installer did not do.
 */
async function buildFromModules(fresh, whyNot) {
  if (findCommand("go") === undefined) {
    throw new ToolError(
      `There is no Pulumi CLI: none of version 3.${oldestMinor} or later, with its Node.js language host, is on ` +
        `PATH; its installer could not be used (${whyNot}); and there is no Go to build it with. ` +
        `Install Pulumi ${pulumiVersion} (https://www.pulumi.com/docs/install/), or Go 1.26 or later.`,
    );
  }
  await buildPulumi(join(fresh, "bin"));
  const shipped = join(root, "node_modules", "@pulumi", "pulumi", launcher);
  cpSync(shipped, join(fresh, "bin", launcher));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await runMain(async () => {
    process.stdout.write(`${await pulumiDirectory()}\n`);
  });
}
