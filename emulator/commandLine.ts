import { parseArgs } from "node:util";

import type { EmulatorOptions } from "./options.js";

export const help = `Usage: pulumi-acr emulator [options]

Runs a local Azure Container Registry until it is interrupted.

Options:
  --port <number>         port of the registry (default: a free one)
  --host <address>        address to listen on (default: 127.0.0.1)
  --allow-non-loopback    let --host be an address that other machines can reach
  --username <name>       name of the admin user (default: emulator)
  --password <password>   password of the admin user (default: a random one)
  --data <directory>      keep content here, also for the next run (default: a temporary folder)
  --tls                   serve https with a certificate of its own
  --anonymous-pull        let everybody read, as a registry with anonymous pull does
  --cmk                   play a registry with customer-managed keys: no referrers API
  --help                  print this
`;

/** What the command line asks for. */
export type Command =
  | { readonly verb: "emulator"; readonly options: EmulatorOptions }
  | { readonly verb: "help" }
  | { readonly verb: "wrong"; readonly message: string };

export function readCommandLine(argv: readonly string[]): Command {
  try {
    return readVerb(argv);
  } catch (error) {
    return { verb: "wrong", message: error instanceof Error ? error.message : String(error) };
  }
}

function readVerb(argv: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: true,
    options: {
      port: { type: "string" },
      host: { type: "string" },
      "allow-non-loopback": { type: "boolean" },
      username: { type: "string" },
      password: { type: "string" },
      data: { type: "string" },
      tls: { type: "boolean" },
      "anonymous-pull": { type: "boolean" },
      cmk: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return { verb: "help" };
  const [verb, ...rest] = positionals;
  if (verb === undefined) return { verb: "wrong", message: "A verb is missing: emulator." };
  if (verb !== "emulator") return { verb: "wrong", message: `Unknown verb "${verb}".` };
  if (rest.length > 0)
    return { verb: "wrong", message: `Unexpected argument "${rest.join(" ")}".` };
  const options: EmulatorOptions = {
    port: readPort(values.port),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.username === undefined ? {} : { username: nonEmpty("username", values.username) }),
    ...(values.password === undefined ? {} : { password: nonEmpty("password", values.password) }),
    ...(values.data === undefined ? {} : { dataDirectory: nonEmpty("data", values.data) }),
    allowNonLoopback: values["allow-non-loopback"] ?? false,
    tls: values.tls ?? false,
    anonymousPull: values["anonymous-pull"] ?? false,
    referrersApi: values.cmk !== true,
  };
  return { verb: "emulator", options };
}

function readPort(text = "0"): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new RangeError(`--port needs a number from 0 to 65535, not "${text}".`);
}

function nonEmpty(flag: string, value: string): string {
  if (value !== "") return value;
  throw new RangeError(`--${flag} needs a value that is not empty.`);
}
