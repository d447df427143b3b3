import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { ControlService } from "./control/controlService.js";
import { createService } from "./createService.js";
import { EntraOrigin } from "./entra/entraOrigin.js";
import { explained } from "./failures.js";
import { FaultSwitchboard, type Faults } from "./faults.js";
import { type Certificate, certificateIn } from "./http/certificate.js";
import { Origins, type OriginsOptions } from "./http/origins.js";
import type { ReceivedRequest } from "./http/listener.js";
import { type Journal, RecordingJournal } from "./journal.js";
import { type EmulatorOptions, defaultUsername } from "./options.js";
import { listenHost, storagePlace } from "./places.js";
import type { Service } from "./routes/call.js";
import { RegistryService } from "./routes/registryService.js";
import { type EmulatorFolder, enterFolder } from "./state/emulatorFolder.js";
import { StorageService } from "./storage/storageService.js";
import type { AdminUser } from "./tokens/authorization.js";
import type { Entra } from "./tokens/entra.js";
import { preciseNow } from "./wire/time.js";

/** A registry that runs in this process. */
export interface Emulator {
  /** Origin of the registry, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** `host:port`, as used in image references. */
  readonly loginServer: string;
  /** Origin that blob reads are redirected to. */
  readonly storageUrl: string;
  /** The admin user. */
  readonly credentials: AdminUser;
  /** With `tls` or `entra`: the certificate to trust, as PEM. */
  readonly caCertificate?: string;
  /** With `tls` or `entra`: the file of this certificate, for `NODE_EXTRA_CA_CERTS` and `--ca-file`. */
  readonly caCertificateFile?: string;
  /** Issues tokens that `/oauth2/exchange` accepts. */
  readonly entra: Entra;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Number of uploads that are neither finished nor cancelled. */
  openUploads(): number;
  /** Cuts every connection and removes temporary files. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a local Azure Container Registry on two loopback ports: the registry, and the storage that it redirects
 * blob reads to.
 *
 * @example
 * const emulator = await startEmulator();
 * // … emulator.loginServer, emulator.credentials, emulator.journal.entries …
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const host = listenHost(options);
  const folder = await enterFolder(options.dataDirectory);
  try {
    return await listen(host, folder, options);
  } catch (error) {
    await folder.leave();
    throw explained(error);
  }
}

async function listen(
  host: string,
  folder: EmulatorFolder,
  options: EmulatorOptions,
): Promise<Emulator> {
  const place = storagePlace(options);
  const certificate = await certificateFor([host, place.name], folder, options);
  const credentials = adminUser(options);
  const origins = new Origins();
  const storageOrigin = (registryHost: string): string => origins.storageOrigin(registryHost);
  const service = await createService(options, {
    folder: folder.path,
    credentials,
    storageOrigin,
  });
  const { journal, faults, entra, openUploads, handlers } = handle(service, origins, options);
  await origins.start({
    host,
    storagePlace: place,
    port: options.port ?? 0,
    certificate: options.tls === true ? certificate : undefined,
    entra: certificate && entra.service && { certificate, handle: entra.handle },
    shared: { journal, faults, now: options.now ?? preciseNow },
    ...handlers,
  });
  return {
    ...addresses(origins),
    credentials,
    ...trust(certificate),
    entra,
    journal,
    faults,
    openUploads,
    close: once(() => leave(origins, service, folder)),
  };
}

async function leave(origins: Origins, service: Service, folder: EmulatorFolder): Promise<void> {
  await origins.close();
  service.cascade.close();
  await service.uploads.close();
  await folder.leave();
}

/** Creates the handlers of the requests, and the views of the emulator for its caller. */
function handle(service: Service, origins: Origins, options: EmulatorOptions): Handled {
  const journal = new RecordingJournal(options.journalLimit ?? 10_000);
  const faults = new FaultSwitchboard(options.now ?? preciseNow);
  const entra = new EntraOrigin(service.entra, options.entra, () => origins.entra?.origin);
  const openUploads = (): number => service.uploads.size;
  const about = (): object => addresses(origins);
  const control = new ControlService({ journal, faults, entra, openUploads, about });
  const storage = new StorageService(service.state.blobContent, service.sharedAccess);
  const registry = new RegistryService(service, () => origins.registry);
  const handlers = {
    control: (request: ReceivedRequest) => control.answer(request),
    registry: (request: ReceivedRequest) => registry.answer(request),
    storage: (request: ReceivedRequest) => storage.answer(request),
  };
  return { journal, faults, entra, openUploads, handlers };
}

interface Handled {
  readonly journal: RecordingJournal;
  readonly faults: FaultSwitchboard;
  readonly entra: EntraOrigin;
  readonly openUploads: () => number;
  readonly handlers: Pick<OriginsOptions, "control" | "registry" | "storage">;
}

function addresses({ registry, storage }: Origins): Addresses {
  const { origin, authority } = registry;
  return { url: origin, loginServer: authority, storageUrl: storage.origin };
}

type Addresses = Pick<Emulator, "url" | "loginServer" | "storageUrl">;

async function certificateFor(
  hosts: readonly string[],
  folder: EmulatorFolder,
  options: EmulatorOptions,
): Promise<Certificate | undefined> {
  const needed = options.tls === true || options.entra !== undefined;
  return needed ? certificateIn(join(folder.path, "tls"), hosts) : undefined;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

function adminUser({
  username = defaultUsername,
  password = randomBytes(16).toString("hex"),
}: EmulatorOptions): AdminUser {
  if (!username.includes(":")) return { username, password };
  throw new RangeError(
    `The admin user cannot be called "${username}": Basic authentication ends the name at its first colon.`,
  );
}

function trust(
  certificate: Certificate | undefined,
): Pick<Emulator, "caCertificate" | "caCertificateFile"> {
  if (certificate === undefined) return {};
  return { caCertificate: certificate.authority, caCertificateFile: certificate.authorityFile };
}
