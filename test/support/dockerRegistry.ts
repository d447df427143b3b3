import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { foreignTool } from "../../tools/installed.js";
import { type RegistryJournal, startJournal } from "./dockerRegistryJournal.js";
import { TemporaryFolder } from "./temporaryFolder.js";

export interface DockerRegistryOptions {
  /** Require {@link CREDENTIALS}, in the Basic scheme. */
  readonly signIn?: boolean;
}

/** What a registry that asks for a sign-in accepts. */
export const CREDENTIALS = { username: "publisher", password: "docker-registry-password" };

/** bcrypt of the password with the fewest rounds, as a constant because Node has no bcrypt. */
const HTPASSWD = "publisher:$2b$04$H2sAPB4wOjcpFlw8fJbcQedFDD5VSUG5Lo/C4rv5owtMXOQwEv9DO\n";

const START_LIMIT_MS = 10_000;

/** Debian's docker-registry (distribution 2.8.2), the reference of its protocol, on a loopback port. */
export class DockerRegistry {
  readonly #child: ChildProcess;
  readonly #folder: TemporaryFolder;
  /** Every request that came through {@link url}. */
  readonly journal: RegistryJournal;
  /** Bypasses the journal, for measurements. */
  readonly directUrl: string;

  private constructor(
    child: ChildProcess,
    folder: TemporaryFolder,
    directUrl: string,
    journal: RegistryJournal,
  ) {
    this.#child = child;
    this.#folder = folder;
    this.directUrl = directUrl;
    this.journal = journal;
  }

  static async start(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
    const { path, howToGet } = foreignTool("docker-registry");
    if (path === undefined) throw new Error(howToGet);
    const folder = new TemporaryFolder();
    const configuration = writeConfiguration(folder, options);
    const child = spawn(path, ["serve", configuration], { stdio: ["ignore", "ignore", "pipe"] });
    try {
      const directUrl = `http://${await addressOf(child)}`;
      return new DockerRegistry(child, folder, directUrl, await startJournal(directUrl));
    } catch (error) {
      child.kill();
      folder.remove();
      throw error;
    }
  }

  get url(): string {
    return this.journal.url;
  }

  /** Host and port. */
  get loginServer(): string {
    return new URL(this.url).host;
  }

  /** Deletes all content. The registry caches nothing, so it need not be told. */
  clear(): void {
    rmSync(join(this.#folder.path, "storage"), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.journal.close();
    await new Promise((resolve) => {
      this.#child.once("close", resolve);
      this.#child.kill();
    });
    this.#folder.remove();
  }
}

/** JSON is YAML. */
function writeConfiguration(folder: TemporaryFolder, { signIn }: DockerRegistryOptions): string {
  const htpasswd = join(folder.path, "htpasswd");
  writeFileSync(htpasswd, HTPASSWD);
  const configuration = {
    version: "0.1",
    // A line of this level tells the port.
    log: { level: "info", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(folder.path, "storage") },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: "127.0.0.1:0" },
    ...(signIn === true
      ? { auth: { htpasswd: { realm: "docker-registry", path: htpasswd } } }
      : {}),
  };
  const file = join(folder.path, "config.yml");
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}

/** Waits until it listens, and keeps reading its log so that its output never blocks. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (reason: string): void =>
      reject(new Error(`docker-registry did not start: ${reason}\n${said.join("\n")}`));
    const timer = setTimeout(() => fail("it took too long"), START_LIMIT_MS);
    child.once("error", (error) => fail(error.message));
    child.once("close", (code) => fail(`it ended with ${code}`));
    if (child.stderr === null) return fail("its log cannot be read");
    createInterface(child.stderr).on("line", (line) => {
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (said.length < 50) said.push(line);
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
