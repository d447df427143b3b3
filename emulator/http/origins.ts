import type { Answer } from "./answer.js";
import type { Certificate } from "./certificate.js";
import type { ListenerParts, ReceivedRequest } from "./listener.js";
import { type RunningServer, startServer } from "./server.js";

type Handle = (request: ReceivedRequest) => Promise<Answer>;

export interface OriginsOptions {
  readonly host: string;
  readonly storagePlace: { readonly name: string; readonly address: string };
  /** Port of the registry; the storage always takes a free one. */
  readonly port: number;
  readonly certificate: Certificate | undefined;
  readonly shared: Pick<ListenerParts, "journal" | "faults">;
  readonly registry: Handle;
  readonly storage: Handle;
}

/** The two origins of an emulator. Each can be asked for only once both listen. */
export class Origins {
  private readonly closing = new AbortController();
  private started:
    { readonly registry: RunningServer; readonly storage: RunningServer } | undefined;

  get registry(): RunningServer {
    return this.both().registry;
  }

  get storage(): RunningServer {
    return this.both().storage;
  }

  async start(options: OriginsOptions): Promise<void> {
    const { host, port, certificate } = options;
    const shared = { ...options.shared, closing: this.closing.signal };
    const storage = await startServer({
      host: options.storagePlace.address,
      name: options.storagePlace.name,
      port: 0,
      certificate,
      parts: { ...shared, server: "storage", handle: options.storage },
    });
    try {
      const registry = await startServer({
        host,
        name: host,
        port,
        certificate,
        parts: { ...shared, server: "registry", handle: options.registry },
      });
      this.started = { storage, registry };
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  /** Cuts every connection and waits for the handlers that still run. */
  async close(): Promise<void> {
    this.closing.abort();
    const { registry, storage } = this.both();
    await Promise.all([registry.close(), storage.close()]);
  }

  private both(): { readonly registry: RunningServer; readonly storage: RunningServer } {
    if (this.started === undefined) throw new Error("The emulator does not listen yet.");
    return this.started;
  }
}
