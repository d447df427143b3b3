import type { EmulatorOptions } from "./options.js";

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;

/** Addresses that mean all of the machine's addresses. */
const everywhere = new Set(["0.0.0.0", "::"]);

/** The host to listen on. Throws if other machines could reach it and this was not allowed. */
export function listenHost(options: EmulatorOptions): string {
  const host = options.host ?? "127.0.0.1";
  if (!loopback.test(host) && options.allowNonLoopback !== true) {
    throw new RangeError(
      `The emulator listens on loopback addresses only, and "${host}" is not one. ` +
        "Use 127.0.0.1, ::1 or localhost, or ask for it explicitly: option allowNonLoopback, flag --allow-non-loopback.",
    );
  }
  return host;
}

/** The address that storage listens on, and the host name for clients. */
export interface StoragePlace {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Whether the name depends on how the client addresses the registry. */
  readonly followsClient: boolean;
}

export function storagePlace(options: EmulatorOptions): StoragePlace {
  const host = listenHost(options);
  const { storageHost, storagePort: port = 0 } = options;
  const followsClient = storageHost === undefined && everywhere.has(host);
  if (!loopback.test(host))
    return { name: storageHost ?? host, address: host, port, followsClient };
  if (storageHost === host) return { name: host, address: host, port, followsClient };
  return { name: storageHost ?? beside(host), address: "127.0.0.1", port, followsClient };
}

/** Another name of the loopback; any other host stays the same. */
export function beside(host: string): string {
  if (!loopback.test(host)) return host;
  return host === "localhost" ? "127.0.0.1" : "localhost";
}
