import type { Credential } from "../auth/credential.js";
import { sleep, systemClock } from "../http/clock.js";
import {
  createTransport,
  type ClosableTransport,
  type TransportOptions,
} from "../http/createTransport.js";
import { backoff, retryLimits } from "../http/retryDelay.js";
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
   * How to sign in. Default: `{ kind: "default" }`, which searches like `DefaultAzureCredential` of
   * `@azure/identity`: environment, workload identity, managed identity, Azure CLI and others. The
   * credential is obtained when the first request needs it.
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
 * Creating a client sends nothing. Every failure is an {@link AcrError} with a `code`. Reads return
 * `undefined` (or `false`) only if the registry itself says that it does not exist. Whatever has a digest is
 * verified. Requests that fail temporarily are repeated. The requests of a client share connections, tokens
 * and the pauses that the registry asks for, so use one client per registry.
 */
export class RegistryClient implements Registry {
  readonly #transport: ClosableTransport;
  readonly #registry: RemoteRegistry;

  /**
   * @param loginServer `myregistry.azurecr.io`, with or without `https://`; `http://` for this machine only.
   * @throws InputError if it is not a login server, or an option is invalid.
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
   * @throws InputError if it is not a repository name.
   */
  repository(name: string, options?: RepositoryOptions): Repository {
    return this.#registry.repository(name, options);
  }

  /** Names of all repositories, in byte order. Needs the catalog permission. */
  repositories(options?: ListOptions): AsyncIterable<string> {
    return this.#registry.repositories(options);
  }

  /** Deletes a repository with everything in it. `undefined` if it did not exist. ACR only. */
  deleteRepository(
    name: string,
    options?: OperationOptions,
  ): Promise<DeletedRepository | undefined> {
    return this.#registry.deleteRepository(name, options);
  }

  /**
   * Ends the connections. Running operations, including streams that are being read, fail with `ABORTED`,
   * and so do later ones. Wait first for what you still need.
   */
  close(): void {
    this.#transport.close();
  }

  /** {@link close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** A failed upload session is repeated after the same back-off as a failed request. */
function pauseOf(options: RegistryClientOptions): UploadSettings["pause"] {
  const { clock = systemClock, random = Math.random } = options;
  const limits = retryLimits(options.retry);
  return (failures, signal = new AbortController().signal) =>
    sleep(clock, backoff(failures - 1, limits, random), signal);
}

function lookBackOf({
  clock = systemClock,
  random = Math.random,
}: RegistryClientOptions): LookBack {
  return { now: () => clock.now(), random, pause: (ms, signal) => sleep(clock, ms, signal) };
}
