// `npm run demo`, `npm run bench`, `npm run soak`: sets up what is missing, then runs a compiled program, with the
// Pulumi CLI on PATH where it needs one. Node's own modules only.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { foreignTools } from "./clients.mjs";
import { installForeignTools } from "./foreign.mjs";
import { cleanEnvironment, pinnedNode, root } from "./paths.mjs";
import { pulumiDirectory } from "./pulumi.mjs";
import { ToolError, run, runMain } from "./run.mjs";

/** @type {Record<string, { main: string, clients: boolean, pulumi: boolean }>} */
const programs = {
  demo: { main: "dist/tools/demo/main.js", clients: false, pulumi: true },
  // A benchmark needs other clients to compare with.
  bench: { main: "dist/test/bench/main.js", clients: true, pulumi: true },
  soak: { main: "dist/test/faults/soak.js", clients: false, pulumi: false },
};

/**
 * What a program or test of this checkout finds in its environment: `pulumiDirectory()` and `foreignTools()` of
 * tools/installed.ts read it. Settings of the user's own stacks and registries stay outside; where the recorded sessions
 * with the real service are (docs/emulator.md) comes in.
 * @param {string} pulumi The folder of the Pulumi CLI; empty if none is needed.
 * @returns {NodeJS.ProcessEnv}
 */
export function programEnvironment(pulumi) {
  const inherited = cleanEnvironment({ first: pulumi === "" ? [] : [pulumi] });
  const own = Object.entries(inherited).filter(
    ([name]) => !/^(?:PULUMI_(?!ACR_RECORDINGS$)|(?:AZURE|ARM|ACR|DOCKER|REGISTRY)_)/u.test(name),
  );
  return {
    ...Object.fromEntries(own),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_ACR_PULUMI_BIN: pulumi,
    PULUMI_ACR_FOREIGN_TOOLS: JSON.stringify(foreignTools()),
  };
}

async function main() {
  const [name = "", ...args] = process.argv.slice(2);
  const program = programs[name];
  if (program === undefined) throw new ToolError(`no program is called ${name}`);
  await build();
  const pulumi = program.pulumi ? await pulumiDirectory() : "";
  if (program.clients) await installForeignTools();
  const command = ["--enable-source-maps", join(root, program.main), ...args];
  const env = programEnvironment(pulumi);
  return (await run(pinnedNode(), command, { env, output: "inherit" })).code;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await runMain(main);
