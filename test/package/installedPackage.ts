import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../../tools/installed.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const execute = promisify(execFile);

/** One file of the archive that `npm publish` would send. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** The output of `npm pack --json`. */
export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly PackedFile[];
}

/** The package as users get it: packed, and installed into an empty project outside of the checkout. */
export class InstalledPackage {
  readonly #folder: TemporaryFolder;
  readonly packed: Packed;
  /** Contains only TypeScript, for programs with their own compiler. */
  readonly compilerFolder: string;

  private constructor(folder: TemporaryFolder, packed: Packed) {
    this.#folder = folder;
    this.packed = packed;
    this.compilerFolder = join(folder.path, "compiler");
    mkdirSync(this.compilerFolder);
    symlinkSync(
      join(checkout, "node_modules", "typescript"),
      join(this.compilerFolder, "typescript"),
      "junction",
    );
  }

  static async create(): Promise<InstalledPackage> {
    const folder = new TemporaryFolder();
    // The tests run on the compiled package, so it need not be compiled again.
    const { stdout } = await npm(folder.path, "pack", checkout, "--json", "--ignore-scripts");
    const [packed] = JSON.parse(stdout) as Packed[];
    if (packed === undefined) throw new Error("npm pack made nothing");
    folder.write({ "project/package.json": JSON.stringify({ name: "empty", private: true }) });
    const archive = join(folder.path, packed.filename);
    const quick = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    const pulumi = `@pulumi/pulumi@${pinnedPulumi()}`;
    await npm(join(folder.path, "project"), "install", ...quick, archive, pulumi);
    return new InstalledPackage(folder, packed);
  }

  /** The empty project. */
  get project(): string {
    return join(this.#folder.path, "project");
  }

  /** Where the package was installed. */
  get root(): string {
    return join(this.project, "node_modules", "pulumi-acr");
  }

  /** The folder for everything temporary. */
  get scratch(): string {
    return this.#folder.path;
  }

  /** A folder of the project with these files. */
  subproject(name: string, files: Readonly<Record<string, string>>): string {
    const folder = join(this.project, name);
    mkdirSync(folder);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    return folder;
  }

  remove(): void {
    this.#folder.remove();
  }
}

/** Runs npm; a failure rejects with what it printed. */
export function npm(folder: string, ...args: string[]): Promise<{ stdout: string }> {
  return execute("npm", args, { cwd: folder, maxBuffer: 64 << 20 });
}

/** The version that the lock file has: it is in npm's cache. */
function pinnedPulumi(): string {
  const file = join(checkout, "node_modules", "@pulumi", "pulumi", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
