import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { packMemo } from "../../provider/artifact/packMemo.js";

/** Handles that keep a process alive, by Node's names. */
const HANDLES = /^(?:TCP|TLS|UDP|Pipe|HTTP|Process|FSEvent)|^StatWatcher$|^Worker$|^Timeout$/;

const SERVER = "TCPServerWrap";
/** Names of a connection's two ends. */
const CONNECTION = /^(?:TCPSocketWrap|TLSWrap|descriptor of socket:.*)$/;

/**
 * Node's own descriptors: each thread's event loop has some until Node has joined the thread, and
 * name resolution opens one for a moment.
 */
const OWN_DESCRIPTORS = /^anon_inode:|^\/dev\/(?:null|urandom)$/;

/** Names of this project's entries in the temporary folder. */
const OWN_ENTRIES = /^(?:pulumi-acr-|acr-emulator-)/;

const DESCRIPTORS = "/proc/self/fd";

/**
 * What this process has open or has left on the disk: the number of things by name. No other thing
 * gets the name of one that still exists.
 */
export type OpenThings = ReadonlyMap<string, number>;

/** Waits one tick, so that mocha's timer for a test that returned a promise is always counted. */
export async function openThings(): Promise<OpenThings> {
  await Promise.resolve();
  const counts = new Map<string, number>();
  for (const name of [...handles(), ...descriptors(), ...temporaryEntries()]) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/**
 * What exists now and did not before. Connections of a server that existed before do not count:
 * they are kept for later requests and end with the server.
 */
export function addedSince(before: OpenThings, now: OpenThings): string[] {
  const keepsConnections = before.has(SERVER);
  return [...now].flatMap(([name, count]) => {
    if (keepsConnections && CONNECTION.test(name)) return [];
    const more = count - (before.get(name) ?? 0);
    return more > 0 ? [more === 1 ? name : `${more} times ${name}`] : [];
  });
}

/** Spools of packed content stay open on purpose while their process may need them again. */
export async function closeSpools(): Promise<void> {
  await packMemo.clear();
}

function handles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => HANDLES.test(kind));
}

/** Only Linux lists descriptors; handles are known everywhere. */
function descriptors(): string[] {
  if (!existsSync(DESCRIPTORS)) return [];
  return readdirSync(DESCRIPTORS).flatMap((number) => {
    const target = targetOf(number);
    return target === undefined || OWN_DESCRIPTORS.test(target) ? [] : [`descriptor of ${target}`];
  });
}

/** `undefined` if it is closed by now, as is the one that read the folder. */
function targetOf(number: string): string | undefined {
  try {
    return readlinkSync(`${DESCRIPTORS}/${number}`);
  } catch {
    return undefined;
  }
}

function temporaryEntries(): string[] {
  const folder = tmpdir();
  return readdirSync(folder)
    .filter((name) => OWN_ENTRIES.test(name))
    .map((name) => `temporary ${name}`);
}
