import { setMaxListeners } from "node:events";

import { type StoragePlace, beside } from "../places.js";
import type { Answer } from "./answer.js";
import type { Certificate } from "./certificate.js";
import type { ListenerParts, ReceivedRequest } from "./listener.js";
import { type RunningServer, type ServerOptions, startServer } from "./server.js";

type Handle = (request: ReceivedRequest) => Promise<Answer>;

export interface OriginsOptions {
  readonly host: string;
  readonly storagePlace: StoragePlace;
  /** Port of the registry. */
  readonly port: number;
  /** For the registry and the storage. */
  readonly certificate: Certificate | undefined;
  /** The third origin, if it is enabled; always https. */
  readonly entra: { readonly certificate: Certificate; readonly handle: Handle } | undefined;
  readonly shared: Pick<ListenerParts, "journal" | "faults" | "now">;
  readonly control: Handle;
  readonly registry: Handle;
  readonly storage: Handle;
}

interface Running {
  readonly registry: RunningServer;
  readonly storage: RunningServer;
  readonly entra?: RunningServer | undefined;
}

/** The origins of an emulator. Each is known only once all of them listen. */
export class Origins {
  private readonly closing = new AbortController();
  private running: Running | undefined;
  private storageFollowsClient = false;

  constructor() {
    // Any number of requests may wait for it; early versions of Node 22 warn of a leak at the eleventh.
    setMaxListeners(0, this.closing.signal);
  }

  get registry(): RunningServer {
    return this.all().registry;
  }

  get storage(): RunningServer {
    return this.all().storage;
  }

  /** The storage's origin for a client that addresses the registry as `host:port`. */
  storageOrigin(registryHost: string): string {
    const { origin, port } = this.storage;
    if (!this.storageFollowsClient) return origin;
    const host = beside(registryHost.replace(/:\d+$/, ""));
    return `${new URL(origin).protocol}//${host}:${String(port)}`;
  }

  get entra(): RunningServer | undefined {
    return this.all().entra;
  }

  async start(options: OriginsOptions): Promise<void> {
    const { host, port, certificate, control, storagePlace } = options;
    this.storageFollowsClient = storagePlace.followsClient;
    const shared = { ...options.shared, closing: this.closing.signal };
    const started: RunningServer[] = [];
    const start = async (server: ServerOptions): Promise<RunningServer> => {
      const running = await startServer(server);
      started.push(running);
      return running;
    };
    try {
      const storage = await start({
        host: storagePlace.address,
        name: storagePlace.name,
        port: storagePlace.port,
        certificate,
        parts: { ...shared, server: "storage", handle: options.storage },
      });
      const entra =
        options.entra &&
        (await start({
          host,
          name: host,
          port: 0,
          certificate: options.entra.certificate,
          parts: { ...shared, server: "entra", handle: options.entra.handle },
        }));
      const parts = { ...shared, server: "registry" as const, handle: options.registry, control };
      const registry = await start({ host, name: host, port, certificate, parts });
      this.running = { storage, registry, entra };
    } catch (error) {
      await Promise.all(started.map((server) => server.close()));
      throw error;
    }
  }

  /** Cuts all connections and waits for the running handlers. */
  async close(): Promise<void> {
    this.closing.abort();
    const { registry, storage, entra } = this.all();
    await Promise.all([registry.close(), storage.close(), entra?.close()]);
  }

  private all(): Running {
    if (this.running === undefined) throw new Error("The emulator does not listen yet.");
    return this.running;
  }
}
