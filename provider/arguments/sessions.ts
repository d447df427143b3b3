import { createHash } from "node:crypto";
import { RegistryClient, type RegistryClientOptions } from "../registry/index.js";
import type { Registry } from "../registry/repository.js";
import type { RegistrySettings } from "./registrySettings.js";

/** Options of clients that do not depend on the registry; tests set shorter waits. */
export type ClientManners = Pick<
  RegistryClientOptions,
  "retry" | "idleTimeoutMs" | "clock" | "random" | "chunkSize" | "log"
>;

/**
 * One client per registry and identity for the whole host process, so that all resources of a stack share
 * tokens, connections and the pauses after a 429.
 */
export class Sessions {
  readonly #clients = new Map<string, RegistryClient>();
  readonly #manners: ClientManners;

  constructor(manners: ClientManners = {}) {
    this.#manners = manners;
  }

  open(settings: RegistrySettings): Registry {
    const key = fingerprint(settings);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const { endpoint, ...options } = settings;
    const client = new RegistryClient(endpoint.origin, { ...this.#manners, ...options });
    this.#clients.set(key, client);
    return client;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}

/** A hash, so that no password is kept as a key. */
function fingerprint(settings: RegistrySettings): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex");
}
