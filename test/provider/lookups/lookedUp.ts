import { afterEach, beforeEach } from "mocha";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator/index.js";
import { Sessions } from "../../../provider/arguments/sessions.js";
import type { LookupContext } from "../../../provider/lookups/context.js";
import { environmentFor } from "../../support/engine.js";
import { Somebody } from "../../support/somebody.js";

const IMPATIENT = { retry: { maxRetries: 1, baseDelayMs: 1, maxDelayMs: 2 } };

/** A registry, somebody who publishes there, and a context for look-ups. */
export interface LookupScene {
  readonly emulator: Emulator;
  readonly somebody: Somebody;
  readonly context: LookupContext;
  /** Requests since the last call, without those for tokens: `GET /v2/…`. */
  requests(): string[];
}

/** A context for a registry that is named by the environment. */
export function contextFor(environment: Readonly<Record<string, string>>): LookupContext {
  return {
    configuration: () => undefined,
    environment: (name) => environment[name],
    sessions: new Sessions(IMPATIENT),
  };
}

/** Gives each test of the enclosing `describe` a registry of its own; `somebody` works in `charts/web`. */
export function eachWithLookups(
  take: (scene: LookupScene) => void,
  options: EmulatorOptions = {},
): void {
  let end: () => Promise<void>;
  beforeEach(async () => {
    const emulator = await startEmulator(options);
    const somebody = new Somebody(emulator, "charts/web");
    const context = contextFor(environmentFor(emulator));
    take({ emulator, somebody, context, requests: () => requestsTo(emulator) });
    end = async () => {
      somebody.close();
      context.sessions.close();
      await emulator.close();
    };
  });
  afterEach(() => end());
}

function requestsTo({ journal }: Emulator): string[] {
  const asked = journal.entries.filter(({ path }) => !path.startsWith("/oauth2/"));
  const lines = asked.map(({ server, method, path, query }) =>
    server === "storage" ? `${method} storage` : `${method} ${path}${shown(query)}`,
  );
  journal.clear();
  return lines;
}

function shown(query: string): string {
  const parameters = new URLSearchParams(query);
  parameters.delete("api-version");
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}
