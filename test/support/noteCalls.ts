import { appendFileSync } from "node:fs";
import Module from "node:module";
import type { provider } from "../../provider/index.js";
import { tellingCalls } from "./providerCalls.js";

/**
 * Loaded first in Node programs that the engine starts (`NODE_OPTIONS=--require`): a
 * dynamic host writes the engine's calls into a file.
 */
const file = process.env["NOTE_CALLS_IN"];
if (file !== undefined && process.argv[1]?.includes("dynamic-provider") === true) {
  const modules = Module as unknown as Loading;
  const load = modules._load;
  modules._load = (request, ...rest) => {
    const loaded = load(request, ...rest);
    if (request !== "pulumi-acr/provider") return loaded;
    const { provider: original } = loaded as { provider: typeof provider };
    const telling: typeof provider = (kind, format) =>
      tellingCalls(original(kind, format) as never, (call) => {
        appendFileSync(file, `${call}\n`);
      }) as never;
    return { ...(loaded as object), provider: telling };
  };
}

/** The method behind `require`, which is not in the published types. */
interface Loading {
  _load: (request: string, ...rest: unknown[]) => unknown;
}
