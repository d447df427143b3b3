import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { packMemo } from "../../provider/artifact/packMemo.js";

/** What keeps a process alive, by the names that Node gives it. */
const HANDLES = /^(?:TCP|TLS|UDP|Pipe|HTTP|Process|FSEvent)|^StatWatcher$|^Worker$|^Timeout$/;

const SERVER = "TCPServerWrap";
/** Both ends of a connection, by each of their names. */
const CONNECTION = /^(?:TCPSocketWrap|TLSWrap|descriptor of socket:.*)$/;

/**
 * Descriptors of Node's own: each thread's event loop has some until Node has joined the thread, and a
 * name server is asked by one that comes and goes.
 */
const OWN_DESCRIPTORS = /^anon_inode:|^\/dev\/(?:null|urandom)$/;

/** What this project calls its entries in the temporary folder. */
const OWN_ENTRIES = /^(?:pulumi-acr-|acr-emulator-)/;

const DESCRIPTORS = "/proc/self/fd";

/**
 * What this process has open or has left on the disk: each thing by a name that nothing else gets
 * while it is there, with the number of them.
 */
export type OpenThings = ReadonlyMap<string, number>;

/** Mocha times what has answered a promise: so that this timer is always among the others, it is waited for. */
export async function openThings(): Promise<OpenThings> {
  await Promise.resolve();
  const counts = new Map<string, number>();
  for (const name of [...handles(), ...descriptors(), ...temporaryEntries()]) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/**
 * What is there now and was not before. Where a server was there before, its connections do not count:
 * they are kept for who asks next, and go with it.
 */
export function addedSince(before: OpenThings, now: OpenThings): string[] {
  const keepsConnections = before.has(SERVER);
  return [...now].flatMap(([name, count]) => {
    if (keepsConnections && CONNECTION.test(name)) return [];
    const more = count - (before.get(name) ?? 0);
    return more > 0 ? [more === 1 ? name : `${more} times ${name}`] : [];
  });
}

/** Spools of what was packed stay open on purpose, for as long as their process may need them again. */
export async function closeSpools(): Promise<void> {
  await packMemo.clear();
}

function handles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => HANDLES.test(kind));
}

/** Linux alone tells them; the handles are known everywhere. */
function descriptors(): string[] {
  if (!existsSync(DESCRIPTORS)) return [];
  return readdirSync(DESCRIPTORS).flatMap((number) => {
    const target = targetOf(number);
    return target === undefined || OWN_DESCRIPTORS.test(target) ? [] : [`descriptor of ${target}`];
  });
}

/** `undefined` where it is closed by now, as is the one that has just read the folder. */
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
