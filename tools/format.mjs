// `npm run format`: writes every file as Prettier has it. Node's own modules only.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { cleanEnvironment, pinnedNode, root } from "./paths.mjs";
import { run, runMain } from "./run.mjs";

await runMain(async () => {
  await bootstrap();
  const prettier = join(root, "node_modules", "prettier", "bin", "prettier.cjs");
  const args = [prettier, "--write", "--log-level=warn", "."];
  return (await run(pinnedNode(), args, { env: cleanEnvironment(), output: "inherit" })).code;
});
