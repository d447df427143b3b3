import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { FaultSwitchboard, type Faults } from "./faults.js";
import { type Certificate, certificateIn } from "./http/certificate.js";
import { type RunningServer, startServer } from "./http/server.js";
import { type Journal, RecordingJournal } from "./journal.js";
import { type EmulatorOptions, defaultUsername, listenHost, settingsFrom } from "./options.js";
import type { Service } from "./routes/call.js";
import { RegistryService } from "./routes/registryService.js";
import { openState } from "./state/openState.js";
import { PageCursors } from "./state/pageCursors.js";
import { UploadSessions } from "./state/uploadSessions.js";
import { SharedAccess } from "./storage/sharedAccess.js";
import { StorageService } from "./storage/storageService.js";
import { type AdminUser, Authorizer } from "./tokens/authorization.js";
import { EmulatedEntra, type Entra } from "./tokens/entra.js";
import { TokenIssuer } from "./tokens/tokenIssuer.js";
import { increasingClock, preciseNow } from "./wire/time.js";

/** A registry that runs in this process. */
export interface Emulator {
  /** Origin of the registry, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** `host:port`, as it stands in image references. */
  readonly loginServer: string;
  /** Origin that blob reads are redirected to. */
  readonly storageUrl: string;
  /** The admin user. */
  readonly credentials: AdminUser;
  /** With `tls`: the certificate to trust, as PEM. */
  readonly caCertificate?: string;
  /** With `tls`: the file it is in, for `NODE_EXTRA_CA_CERTS` and `--ca-file`. */
  readonly caCertificateFile?: string;
  /** Issues the tokens that `/oauth2/exchange` takes. */
  readonly entra: Entra;
  readonly journal: Journal;
  readonly faults: Faults;
  /** How many uploads are open, neither finished nor cancelled. */
  readonly openUploads: number;
  /** Cuts every connection and removes what is temporary. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a local Azure Container Registry on two loopback ports: the registry and the storage that it redirects blob
 * reads to.
 *
 * @example
 * const emulator = await startEmulator();
 * // … emulator.loginServer, emulator.credentials, emulator.journal.entries …
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const host = listenHost(options);
  const { dataDirectory } = options;
  const temporary = dataDirectory === undefined;
  const folder = temporary
    ? await mkdtemp(join(tmpdir(), "acr-emulator-"))
    : resolve(dataDirectory);
  try {
    await mkdir(folder, { recursive: true });
    return await startIn(folder, host, options);
  } catch (error) {
    if (temporary) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, host: string, options: EmulatorOptions): Promise<Emulator> {
  const certificate =
    options.tls === true ? await certificateIn(join(folder, "tls"), host) : undefined;
  const credentials = {
    username: options.username ?? defaultUsername,
    password: options.password ?? randomBytes(16).toString("hex"),
  };
  const journal = new RecordingJournal(options.journalLimit ?? 10_000);
  const faults = new FaultSwitchboard();
  const servers: { registry?: RunningServer; storage?: RunningServer } = {};
  const service = await createService(
    folder,
    options,
    credentials,
    certificate,
    () => listening(servers.storage).origin,
  );
  const closing = new AbortController();
  const shared = { journal, faults, closing: closing.signal };
  const storage = new StorageService(service.state.blobContent, service.sharedAccess);
  const registry = new RegistryService(service, () => listening(servers.registry));
  servers.storage = await startServer({
    host,
    port: 0,
    certificate,
    parts: { ...shared, server: "storage", handle: (request) => storage.answer(request) },
  });
  try {
    servers.registry = await startServer({
      host,
      port: options.port ?? 0,
      certificate,
      parts: { ...shared, server: "registry", handle: (request) => registry.answer(request) },
    });
  } catch (error) {
    await servers.storage.close();
    throw error;
  }
  const { registry: registryServer, storage: storageServer } = servers;
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all([registryServer.close(), storageServer.close()]);
    await service.uploads.close();
    if (options.dataDirectory === undefined) await rm(folder, { recursive: true, force: true });
  };
  let closed: Promise<void> | undefined;
  return {
    url: registryServer.origin,
    loginServer: registryServer.authority,
    storageUrl: storageServer.origin,
    credentials,
    ...(certificate === undefined
      ? {}
      : {
          caCertificate: certificate.authority,
          caCertificateFile: certificate.authorityFile,
        }),
    entra: service.entra,
    journal,
    faults,
    get openUploads() {
      return service.uploads.size;
    },
    close: () => (closed ??= close()),
  };
}

async function createService(
  folder: string,
  options: EmulatorOptions,
  credentials: AdminUser,
  certificate: Certificate | undefined,
  storageOrigin: () => string,
): Promise<Service> {
  const settings = settingsFrom(options);
  const now = options.now ?? preciseNow;
  const state = openState(folder, options.dataDirectory !== undefined, increasingClock(now));
  const tokens = await TokenIssuer.create(settings, now);
  const scheme = certificate === undefined ? "http" : "https";
  return {
    state,
    uploads: new UploadSessions(state.blobContent),
    settings,
    authorizer: new Authorizer(credentials, tokens),
    tokens,
    entra: await EmulatedEntra.create(settings.armAudience, now),
    sharedAccess: new SharedAccess(settings.storageTokenSeconds, scheme, now),
    storageOrigin,
    cursors: new PageCursors(),
  };
}

function listening(server: RunningServer | undefined): RunningServer {
  if (server === undefined) throw new Error("The emulator's servers are not listening yet.");
  return server;
}
