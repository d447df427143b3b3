import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { it } from "mocha";
import { foreignTool, type ForeignToolName } from "../../tools/installed.js";
import { TemporaryFolder } from "./temporaryFolder.js";

export type ForeignClient = Extract<
  ForeignToolName,
  "oras" | "crane" | "regctl" | "skopeo" | "helm"
>;

/** A registry's address and credentials. */
export interface ForeignRegistry {
  /** Host and port, without TLS. */
  readonly loginServer: string;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

/**
 * Foreign registry clients with a separate home folder, which keeps their settings apart from
 * those of the machine's user.
 */
export class ForeignClients {
  readonly #home = new TemporaryFolder();

  /** Signs all of them in, by the configuration file that they share. */
  signIn({ loginServer, credentials }: ForeignRegistry): void {
    const auth =
      credentials &&
      Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
    const auths = auth === undefined ? {} : { [loginServer]: { auth } };
    writeFileSync(join(this.#home.path, "config.json"), JSON.stringify({ auths }));
  }

  /** Runs a client; returns its standard output, or rejects with all its output. */
  async run(
    client: ForeignClient,
    args: readonly string[],
    options: { readonly cwd?: string; readonly input?: string } = {},
  ): Promise<string> {
    const { path, howToGet } = foreignTool(client);
    if (path === undefined) throw new Error(howToGet);
    const running = promisify(execFile)(path, args, {
      cwd: options.cwd ?? this.#home.path,
      env: this.#environment(),
      maxBuffer: 64 * 1024 * 1024,
    });
    running.child.stdin?.end(options.input ?? "");
    return (await running).stdout;
  }

  remove(): void {
    this.#home.remove();
  }

  #environment(): NodeJS.ProcessEnv {
    const home = this.#home.path;
    return {
      PATH: process.env["PATH"],
      HOME: home,
      XDG_RUNTIME_DIR: home,
      DOCKER_CONFIG: home,
      REGISTRY_AUTH_FILE: join(home, "config.json"),
      REGCTL_CONFIG: join(home, "regctl.json"),
      TMPDIR: process.env["TMPDIR"],
    };
  }
}

/** A test that needs foreign programs; without one it is pending and tells how to get it. */
export function itWith(
  tools: readonly ForeignToolName[],
  title: string,
  test: Mocha.AsyncFunc,
): void {
  const absent = tools.map(foreignTool).filter(({ path }) => path === undefined);
  if (absent.length === 0) it(title, test);
  else it(`${title} (${absent.map(({ howToGet }) => howToGet).join("; ")})`);
}
