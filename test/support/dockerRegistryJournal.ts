import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";

/** One request and how it was answered. */
export interface JournalEntry {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
}

export interface RegistryJournal {
  readonly url: string;
  readonly entries: readonly JournalEntry[];
  clear(): void;
  close(): Promise<void>;
}

/**
 * A proxy before a registry without a journal, which records requests and passes everything on.
 * It keeps the Host header, so that the registry's locations lead through the proxy again.
 */
export async function startJournal(target: string): Promise<RegistryJournal> {
  const entries: JournalEntry[] = [];
  const agent = new Agent({ keepAlive: true });
  const record = (entry: JournalEntry): void => void entries.push(entry);
  const server = createServer((asked, answer) => {
    passOn({ target, agent, record }, asked, answer).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries,
    clear: () => entries.splice(0),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}

interface Passage {
  readonly target: string;
  readonly agent: Agent;
  readonly record: (entry: JournalEntry) => void;
}

async function passOn(
  { target, agent, record }: Passage,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const { method = "GET", url: path = "/", rawHeaders } = asked;
  const passed = request(target + path, { method, agent, headers: rawHeaders });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    passed.once("response", resolve);
    passed.once("error", reject);
  });
  // An answer may come before the whole body was read; the rest of the body is ignored.
  pipeline(asked, passed).catch(() => passed.destroy());
  const answered = await response;
  const status = answered.statusCode ?? 0;
  record({ method, path, status });
  answer.writeHead(status, answered.rawHeaders);
  await pipeline(answered, answer);
}
