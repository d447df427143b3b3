import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

import { errorCode, errorMessage } from "../failures.js";
import type { FaultSwitchboard, MetFault } from "../faults.js";
import {
  type OpenJournalEntry,
  type RecordingJournal,
  type ServerName,
  openEntry,
} from "../journal.js";
import { type Answer, ConnectionCut, errorAnswer, throttledAnswer } from "./answer.js";
import { cutConnection } from "./cutConnection.js";
import { registryHeaders } from "./headers.js";
import { RequestBody } from "./requestBody.js";
import { type Damage, type Sending, send } from "./send.js";

/** A request, as the handlers receive it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: RequestBody;
  /** Address of the sender. */
  readonly remoteAddress: string;
}

export interface ListenerParts {
  readonly server: ServerName;
  readonly journal: RecordingJournal;
  readonly faults: FaultSwitchboard;
  readonly handle: (request: ReceivedRequest) => Promise<Answer>;
  /** Answers requests below `/_emulator/`, which are not in the journal and never meet a fault. */
  readonly control?: ((request: ReceivedRequest) => Promise<Answer>) | undefined;
  /** Aborted by `close`; ends delays and stalls. */
  readonly closing: AbortSignal;
  readonly now: () => number;
}

/** Serves one request: journal, fault, handler, answer. */
export async function serve(
  parts: ListenerParts,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = splitTarget(incoming.url ?? "/");
  const method = incoming.method ?? "GET";
  if (parts.control !== undefined && /^\/_emulator(?:\/|$)/.test(target.path)) {
    await steer(parts.control, incoming, response, { method, ...target });
    return;
  }
  const entry = openEntry(parts.server, method, target, incoming.headers);
  parts.journal.record(entry);
  const action = parts.faults.meet({ server: parts.server, method, ...target });
  if (action !== undefined) entry.fault = action.type;
  const cut = (): void => cutConnection(incoming.socket);
  const body = new RequestBody(
    incoming,
    (bytes) => (entry.requestBytes = bytes),
    action?.type === "resetAfter" ? { after: action.bytes, now: cut } : undefined,
  );
  const request = receivedRequest(incoming, { method, ...target }, body);
  const answer = await answerOrNothing(parts, entry, action, request, cut);
  if (answer === undefined) return;
  connectionHeader(response, parts.server);
  // Clients measure the lifetime of tokens by this header, so it must follow the emulator's clock instead
  // of the machine's.
  response.setHeader("Date", new Date(parts.now()).toUTCString());
  body.drain();
  await sendOrSayWhyNot(entry, {
    answer,
    response,
    connection: incoming.socket,
    withBody: method !== "HEAD",
    damage: damageOf(action),
    onSent: (bytes) => (entry.responseBytes += bytes),
  });
}

/**
 * Sends the answer. If that is impossible, for example because a header contains a line break, sends an
 * error, so that the client does not wait.
 */
async function sendOrSayWhyNot(entry: OpenJournalEntry, sending: Sending): Promise<void> {
  entry.status = sending.answer.status;
  try {
    await send(sending);
  } catch (error) {
    if (sending.response.headersSent) throw error;
    entry.status = 500;
    await send({ ...sending, answer: unforeseen(error), damage: {} });
  }
}

type Target = Pick<ReceivedRequest, "method" | "path" | "query">;

function receivedRequest(
  incoming: IncomingMessage,
  target: Target,
  body: RequestBody,
): ReceivedRequest {
  const remoteAddress = incoming.socket.remoteAddress ?? "";
  return { ...target, headers: incoming.headers, body, remoteAddress };
}

async function steer(
  control: (request: ReceivedRequest) => Promise<Answer>,
  incoming: IncomingMessage,
  response: ServerResponse,
  target: Target,
): Promise<void> {
  const nobody = (): void => undefined;
  const body = new RequestBody(incoming, nobody, undefined);
  const answer = await control(receivedRequest(incoming, target, body));
  body.drain();
  const withBody = target.method !== "HEAD";
  const connection = incoming.socket;
  await send({ answer, response, connection, withBody, damage: {}, onSent: nobody });
}

/** The answer to write, or undefined if none may be sent. */
async function answerOrNothing(
  parts: ListenerParts,
  entry: OpenJournalEntry,
  action: MetFault | undefined,
  request: ReceivedRequest,
  cut: () => void,
): Promise<Answer | undefined> {
  if (action?.type === "status") return standIn(action);
  if (action?.type === "throttle") return throttledAnswer(action.retryAfter, registryHeaders());
  if (action?.type === "stall") return undefined;
  if (action?.type === "delay") await waitUnlessClosing(action.ms, parts.closing);
  if (action?.type === "hold") await firstAborted(action.removed, parts.closing);
  if (parts.closing.aborted) return undefined;
  if (action?.type === "reset" || (action?.type === "resetAfter" && action.bytes === 0)) {
    cut();
    return undefined;
  }
  const answer = await handled(parts, request, cut, action?.type === "resetAfter");
  entry.applied = answer !== undefined;
  if (action?.type === "dropAnswer" || action?.type === "resetAfter") cut();
  const silent = ["dropAnswer", "resetAfter", "stallAnswer"].includes(action?.type ?? "");
  return silent ? undefined : answer;
}

/**
 * Runs the handler. A client that went away gets no answer; any other unexpected error becomes a 500.
 */
async function handled(
  parts: ListenerParts,
  request: ReceivedRequest,
  cut: () => void,
  willBeCut: boolean,
): Promise<Answer | undefined> {
  try {
    return await parts.handle(request);
  } catch (error) {
    if (error instanceof ConnectionCut) {
      cut();
      return undefined;
    }
    if (willBeCut || isDisconnect(error) || parts.closing.aborted) return undefined;
    return unforeseen(error);
  }
}

function unforeseen(error: unknown): Answer {
  return errorAnswer(500, { code: "UNKNOWN", message: `emulator: ${errorMessage(error)}` });
}

function isDisconnect(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
}

function standIn(action: Extract<MetFault, { type: "status" }>): Answer {
  const headers = { ...registryHeaders(), ...action.headers };
  if (action.code !== undefined || action.message !== undefined) {
    const { code = "UNKNOWN", message = "a fault of the emulator" } = action;
    const answer = errorAnswer(action.status, { code, message });
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }
  const body = action.body === undefined ? {} : { body: Buffer.from(action.body) };
  return { status: action.status, headers, ...body };
}

function damageOf(action: MetFault | undefined): Damage {
  if (action?.type === "truncate") return { truncateAt: action.bytes };
  return { corrupt: action?.type === "corrupt" };
}

/**
 * Sets the Connection header explicitly, because Node would otherwise add `Keep-Alive: timeout=…`, which
 * the service does not send. Storage sends neither (C11 #9, #33).
 */
function connectionHeader(response: ServerResponse, server: ListenerParts["server"]): void {
  if (!response.shouldKeepAlive) return;
  if (server === "registry") response.setHeader("Connection", "keep-alive");
  else response.removeHeader("Connection");
}

/**
 * Splits the target into path and query. A client that uses us as a proxy also sends the origin (RFC
 * 9112, section 3.2.2).
 */
function splitTarget(target: string): { path: string; query: string } {
  const url = target.replace(/^https?:\/\/[^/?]*/i, "");
  const at = url.indexOf("?");
  return at < 0 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

async function firstAborted(...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      for (const signal of signals) signal.removeEventListener("abort", end);
      resolve();
    };
    for (const signal of signals) signal.addEventListener("abort", end);
  });
}

async function waitUnlessClosing(ms: number, closing: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal: closing });
  } catch (error) {
    if (!closing.aborted) throw error;
  }
}
