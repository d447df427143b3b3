import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** A foreign program that tests and benchmarks compare with. */
export interface ForeignTool {
  readonly name: string;
  /** Where it is; undefined if it is not on this machine. */
  readonly path?: string | undefined;
  /** One line for people: how to get it. */
  readonly howToGet: string;
}

/** The names under which `npm run tools` installs them. `node22` is the oldest Node that the package supports. */
export type ForeignToolName =
  | "oras"
  | "crane"
  | "regctl"
  | "helm"
  | "conformance"
  | "skopeo"
  | "docker-registry"
  | "node22"
  | "azure-sdk-node"
  | "azure-sdk-python";

/** The checkout of this file's source, wherever the compiled file is. */
export const checkout = findCheckout(__dirname);

/**
 * The folder that has to be first on PATH for a Pulumi CLI that works here. `npm test`, `npm run demo` and
 * `npm run bench` have got one before they start; otherwise it is got now, which may take minutes the first time.
 *
 * @throws Error that says what to install, if there is no way to a CLI.
 */
export function pulumiDirectory(): string {
  const given = process.env["PULUMI_ACR_PULUMI_BIN"];
  if (given !== undefined && given !== "") return given;
  const directory = output("tools/pulumi.mjs").trim();
  process.env["PULUMI_ACR_PULUMI_BIN"] = directory;
  return directory;
}

/** The foreign programs: where each is, if it is, and how to get it. Installs nothing. */
export function foreignTools(): readonly ForeignTool[] {
  const given = process.env["PULUMI_ACR_FOREIGN_TOOLS"];
  const listed = given ?? output("tools/foreign.mjs", "--json");
  process.env["PULUMI_ACR_FOREIGN_TOOLS"] = listed;
  return JSON.parse(listed) as ForeignTool[];
}

/** One foreign program. */
export function foreignTool(name: ForeignToolName): ForeignTool {
  const tool = foreignTools().find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`tools/clients.mjs has no client called ${name}`);
  return tool;
}

function output(script: string, ...args: string[]): string {
  const command = [join(checkout, script), ...args];
  const done = spawnSync(process.execPath, command, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.status !== 0) throw new Error(`${script} failed, see above`);
  return done.stdout;
}

function findCheckout(folder: string): string {
  if (existsSync(join(folder, "package-lock.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("this file is not in a checkout");
  return findCheckout(parent);
}
