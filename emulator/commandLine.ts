import { parseArgs } from "node:util";

import { errorMessage } from "./failures.js";
import type { EmulatorOptions } from "./options.js";

export const help = `Usage: pulumi-acr emulator [options]

Runs a local Azure Container Registry until it is interrupted.

Options:
  --port <number>         port of the registry (default: a free one)
  --host <address>        address to listen on (default: 127.0.0.1)
  --storage-port <number> port of the storage that blob reads are sent to (default: a free one)
  --storage-host <name>   host name of the storage (default: another one of the loopback)
  --allow-non-loopback    let --host be an address that other machines can reach
  --username <name>       name of the admin user (default: emulator)
  --password <password>   password of the admin user (default: a random one)
  --data <directory>      keep content here, also for the next run (default: a temporary folder)
  --tls                   serve https with a certificate of its own
  --anonymous-pull        let everybody read, like a registry with anonymous pull
  --cmk                   simulate customer-managed keys: no referrers API
  --throttling <tier>     answer 429 above the limits of a tier: basic or premium
  --config <file>         options of startEmulator as JSON; the command line wins
  --help                  print this help
`;

/** The parsed command line. */
export type Command =
  | {
      readonly verb: "emulator";
      readonly options: EmulatorOptions;
      /** File with further options. */
      readonly configFile?: string | undefined;
    }
  | { readonly verb: "help" }
  | { readonly verb: "wrong"; readonly message: string };

export function readCommandLine(argv: readonly string[]): Command {
  try {
    return readVerb(argv);
  } catch (error) {
    return { verb: "wrong", message: errorMessage(error) };
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
      "storage-port": { type: "string" },
      "storage-host": { type: "string" },
      "allow-non-loopback": { type: "boolean" },
      username: { type: "string" },
      password: { type: "string" },
      data: { type: "string" },
      tls: { type: "boolean" },
      "anonymous-pull": { type: "boolean" },
      cmk: { type: "boolean" },
      throttling: { type: "string" },
      config: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return { verb: "help" };
  const [verb, ...rest] = positionals;
  if (verb === undefined)
    return { verb: "wrong", message: "A command is missing: the only one is emulator." };
  if (verb !== "emulator") return { verb: "wrong", message: `Unknown command "${verb}".` };
  if (rest.length > 0)
    return { verb: "wrong", message: `Unexpected argument "${rest.join(" ")}".` };
  return { verb: "emulator", options: optionsOf(values), configFile: values.config };
}

interface Flags {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly "storage-port"?: string | undefined;
  readonly "storage-host"?: string | undefined;
  readonly "allow-non-loopback"?: boolean | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly data?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly "anonymous-pull"?: boolean | undefined;
  readonly cmk?: boolean | undefined;
  readonly throttling?: string | undefined;
}

/** Only the given options, because the others may be in a file. */
function optionsOf(flags: Flags): EmulatorOptions {
  const { port, host, username, password, data, throttling } = flags;
  const { "storage-port": storagePort, "storage-host": storageHost } = flags;
  return {
    ...(port === undefined ? {} : { port: readPort("port", port) }),
    ...(host === undefined ? {} : { host }),
    ...(storagePort === undefined ? {} : { storagePort: readPort("storage-port", storagePort) }),
    ...(storageHost === undefined ? {} : { storageHost: nonEmpty("storage-host", storageHost) }),
    ...(username === undefined ? {} : { username: nonEmpty("username", username) }),
    ...(password === undefined ? {} : { password: nonEmpty("password", password) }),
    ...(data === undefined ? {} : { dataDirectory: nonEmpty("data", data) }),
    ...(throttling === undefined ? {} : { throttling: readTier(throttling) }),
    ...(flags["allow-non-loopback"] === true ? { allowNonLoopback: true } : {}),
    ...(flags.tls === true ? { tls: true } : {}),
    ...(flags["anonymous-pull"] === true ? { anonymousPull: true } : {}),
    ...(flags.cmk === true ? { referrersApi: false } : {}),
  };
}

function readTier(text: string): "basic" | "premium" {
  if (text === "basic" || text === "premium") return text;
  throw new RangeError(`--throttling needs basic or premium, not "${text}".`);
}

function readPort(flag: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new RangeError(`--${flag} needs a number from 0 to 65535, not "${text}".`);
}

function nonEmpty(flag: string, value: string): string {
  if (value !== "") return value;
  throw new RangeError(`--${flag} needs a non-empty value.`);
}
