import type { Credential } from "../auth/credential.js";
import { sleep, systemClock } from "../http/clock.js";
import {
  createTransport,
  type ClosableTransport,
  type TransportOptions,
} from "../http/createTransport.js";
import { backoff, DEFAULT_RETRY } from "../http/retryDelay.js";
import { parseLoginServer } from "../oci/loginServer.js";
import type { LookBack } from "./referrersIndex.js";
import { RemoteRegistry } from "./remoteRegistry.js";
import type {
  DeletedRepository,
  ListOptions,
  OperationOptions,
  Registry,
  Repository,
  RepositoryOptions,
} from "./repository.js";
import { type UploadSettings, uploadSettings } from "./uploadSettings.js";

/** How to reach a registry, beyond its name. Everything has a default that suits an ACR. */
export interface RegistryClientOptions extends Omit<TransportOptions, "endpoint" | "credential"> {
  /**
   * Who is calling. Default: `{ kind: "default" }`, which searches as `DefaultAzureCredential` of
   * `@azure/identity` does: environment, workload identity, managed identity, Azure CLI and others.
   * It is looked for when the first request needs it.
   */
  readonly credential?: Credential;
  /**
   * Bytes per upload request. Default: blobs up to 4 MiB in one request; larger ones in chunks of
   * 16 MiB towards ACR, in one request elsewhere; 4 MiB once something larger was
   * refused, and less where that is refused, too (413).
   */
  readonly chunkSize?: number;
}

/**
 * A client of one registry: an Azure Container Registry, or, for what `/v2` offers, any other OCI
 * registry.
 *
 * ```ts
 * const registry = new RegistryClient("myregistry.azurecr.io");
 * const charts = registry.repository("charts/web");
 * for await (const tag of charts.tags.list()) console.log(tag);
 * registry.close();
 * ```
 *
 * Nothing is sent before it is asked for. Every failure is an {@link AcrError} with a `code`; reads
 * answer `undefined` (or `false`) only if the registry itself said that the thing does not exist.
 * Answers are checked: whatever has a digest is compared with it. Requests that fail in passing are
 * repeated; a client's requests share connections, tokens and the pauses that the registry asks for,
 * so use one client per registry.
 */
export class RegistryClient implements Registry {
  readonly #transport: ClosableTransport;
  readonly #registry: RemoteRegistry;

  /**
   * @param loginServer `myregistry.azurecr.io`, with or without `https://`; `http://` for this machine only.
   * @throws InputError if it is not a login server, or an option cannot be right.
   */
  constructor(loginServer: string, options: RegistryClientOptions = {}) {
    const { credential = { kind: "default" }, chunkSize, ...transport } = options;
    const endpoint = parseLoginServer(loginServer, "loginServer");
    const uploads = uploadSettings({ chunkSize, pause: pauseOf(options) });
    const settings = { uploads, lookBack: lookBackOf(options) };
    this.#transport = createTransport({ ...transport, endpoint, credential });
    this.#registry = new RemoteRegistry(this.#transport, settings);
  }

  /** Host and port, without a scheme. */
  get loginServer(): string {
    return this.#registry.loginServer;
  }

  /**
   * A repository, which need not exist: the first manifest creates it.
   * @throws InputError if the name cannot be a repository's.
   */
  repository(name: string, options?: RepositoryOptions): Repository {
    return this.#registry.repository(name, options);
  }

  /** Names of all repositories, in byte order. Needs the catalog permission. */
  repositories(options?: ListOptions): AsyncIterable<string> {
    return this.#registry.repositories(options);
  }

  /** Deletes a repository with all that is in it; `undefined` if it was not there. ACR only. */
  deleteRepository(
    name: string,
    options?: OperationOptions,
  ): Promise<DeletedRepository | undefined> {
    return this.#registry.deleteRepository(name, options);
  }

  /**
   * Ends the connections. Whatever is under way, streams that are being read included, ends as
   * `ABORTED`, and so does what is asked for later: wait first for what is still wanted.
   */
  close(): void {
    this.#transport.close();
  }

  /** {@link close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Upload sessions are repeated at the pace of single requests. */
function pauseOf(options: RegistryClientOptions): UploadSettings["pause"] {
  const { clock = systemClock, random = Math.random } = options;
  const limits = { ...DEFAULT_RETRY, ...options.retry };
  return (failures, signal = new AbortController().signal) =>
    sleep(clock, backoff(failures - 1, limits, random), signal);
}

function lookBackOf({
  clock = systemClock,
  random = Math.random,
}: RegistryClientOptions): LookBack {
  return { now: () => clock.now(), random, pause: (ms, signal) => sleep(clock, ms, signal) };
}
