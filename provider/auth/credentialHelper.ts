import { spawn } from "node:child_process";
import { CredentialError } from "../errors.js";
import { printable } from "../oci/printable.js";

/** The answer of a helper. */
export interface HelperAnswer {
  readonly username: string;
  readonly secret: string;
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Entra tokens have a few KiB, so no helper needs to write more. */
const OUTPUT_LIMIT = 64 * 1024;
/** Some helpers call a cloud service, but none needs longer. */
const TIME_LIMIT_MS = 30_000;
/** The output is dropped, because it may contain the secret. */
const STOPPED: Ended = { code: null, output: "it wrote too much, or took more than 30 seconds" };
/** The allowed names, since the name becomes part of a command. */
const NAME = /^[A-Za-z0-9][\w.-]*$/;
/**
 * What a helper without a login prints before it exits with code 1 (docker-credential-helpers,
 * `credentials/error.go`).
 */
const NOT_FOUND = /credentials not found in native keychain/;

/**
 * Runs `docker-credential-<name> get` (docker-credential-helpers, "Development"): it reads the registry's
 * name from standard input and prints JSON. `undefined` if it has no login for this registry.
 */
export async function askHelper(name: string, registry: string): Promise<HelperAnswer | undefined> {
  const program = `docker-credential-${name}`;
  if (!NAME.test(name)) {
    throw new CredentialError(
      `${JSON.stringify(name)} is not the name of a Docker credential helper`,
    );
  }
  const { code, output } = await run(program, registry);
  if (code === 0) return parse(output, program, registry);
  if (NOT_FOUND.test(output)) return undefined;
  throw new CredentialError(
    `${program} gave no login for ${registry} (exit code ${code ?? "none"}): ${printable(output, 300) || "it said nothing"}`,
  );
}

function parse(output: string, program: string, registry: string): HelperAnswer {
  // The output is secret, so no part of it may get into an error.
  const answer = fromJson(output);
  const { Username: username, Secret: secret } = (answer ?? {}) as Record<string, unknown>;
  if (typeof username === "string" && typeof secret === "string" && secret !== "") {
    return { username, secret };
  }
  throw new CredentialError(
    `${program} answered for ${registry} with something other than JSON with Username and Secret`,
  );
}

function fromJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined; // The caller reports the invalid answer.
  }
}

function run(program: string, input: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"], windowsHide: true });
    const output: Buffer[] = [];
    let length = 0;
    let stopped = false;
    // Children of a script may keep the pipe open; they are not waited for.
    const stop = (): void => {
      stopped = true;
      child.kill();
      child.stdout.destroy();
    };
    const limit = setTimeout(stop, TIME_LIMIT_MS);
    child.stdout.on("data", (piece: Buffer) => {
      length += piece.length;
      if (length > OUTPUT_LIMIT) stop();
      else output.push(piece);
    });
    child.once("error", (cause) => {
      clearTimeout(limit);
      reject(notStarted(program, cause));
    });
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve(stopped ? STOPPED : { code, output: Buffer.concat(output).toString() });
    });
    // A helper may exit without reading its input; then the exit code counts.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

function notStarted(program: string, cause: unknown): CredentialError {
  const { code } = (cause ?? {}) as { code?: unknown };
  return new CredentialError(
    `Docker's configuration names the credential helper ${program}, which cannot be run (${String(code)}): install it, ` +
      `or give another credential`,
    { cause },
  );
}
