import type { Emulator } from "../../../emulator/index.js";
import type { Received } from "../exchange.js";
import type { RecordedContent } from "./content.js";
import type { RecordedExchange } from "./recording.js";

/** A difference between the emulator's answer and the recorded one. */
export interface Difference {
  /** `status`, `body`, or a header's name in lower case. */
  readonly what: string;
  readonly recorded: string | undefined;
  readonly actual: string | undefined;
}

const recordedHost = "ociconformancetest.azurecr.io";

/** Headers whose value differs in every answer or by machine: only their presence is compared. */
const presenceOnly = new Set([
  "date",
  "x-ms-correlation-request-id",
  "x-ms-request-id",
  "x-ms-ratelimit-remaining-calls-per-second",
  "last-modified",
  "x-ms-creation-time",
  "x-ms-lease-state",
]);

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Compares status, every header and the body; ids, times, states and tokens by their form. */
export function differences(
  { response }: RecordedExchange,
  answer: Received,
  content: RecordedContent,
  emulator: Emulator,
): Difference[] {
  const translate = (text: string): string =>
    content
      .translate(text)
      .replaceAll(`https://${recordedHost}`, emulator.url)
      .replaceAll(recordedHost, emulator.loginServer);
  const found: Difference[] = [];
  const compare = (what: string, recorded?: string, actual?: string): void => {
    if (recorded !== actual) found.push({ what, recorded, actual });
  };
  compare("status", String(response.status), String(answer.status));
  const recorded = recordedHeaders(response.headers);
  const names = new Set([...recorded.keys(), ...Object.keys(answer.headers)]);
  // The report has no framing headers.
  names.delete("transfer-encoding");
  for (const name of names) {
    const value = recorded.get(name);
    const wanted = value === undefined ? undefined : shape(name, translate(value));
    compare(name, wanted, answerHeader(name, answer));
  }
  compare("body", recordedBody(response.body, translate), actualBody(answer, response.body));
  return found;
}

function recordedHeaders(headers: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function answerHeader(name: string, { headers }: Received): string | undefined {
  const value = headers[name];
  return value === undefined ? undefined : shape(name, value.toString());
}

function shape(name: string, value: string): string {
  if (presenceOnly.has(name)) return "present";
  if (name === "www-authenticate") return challengeShape(value);
  // The ETag of storage varies; that of a manifest is its digest.
  if (name === "etag") return value.replace(/^"0x[0-9A-F]+"$/, '"0x…"');
  return value.replaceAll(uuid, "<uuid>").replace(/_state=(?:\*{5}|[\w%-]+)/, "_state=…");
}

/** Scheme, parameters in order, and the scope's actions as a set. */
function challengeShape(value: string): string {
  return value.replace(/scope="([^"]*)"/, (_, scope: string) => {
    const sorted = scope.split(" ").map((one) => {
      const at = one.lastIndexOf(":");
      return `${one.slice(0, at)}:${one
        .slice(at + 1)
        .split(",")
        .sort()
        .join(",")}`;
    });
    return `scope="${sorted.sort().join(" ")}"`;
  });
}

const notText = /\uFFFD/;
const noBody = "*** Error: Unable to format response body";

/** JSON compact, with keys in the recorded order; text as it is; other content only as such. */
function recordedBody(body: string | null, translate: (text: string) => string): string {
  if (body === null || body.startsWith(noBody)) return "";
  if (notText.test(body)) return "binary";
  return normal(translate(body));
}

function actualBody({ body }: Received, recorded: string | null): string {
  if (recorded !== null && notText.test(recorded)) return body.length > 0 ? "binary" : "";
  return normal(body.toString());
}

function normal(text: string): string {
  // The report omits the newline at the end; Content-Length shows that there is one.
  if (!/^\s*[{[]/.test(text)) return text.trimEnd();
  const value = JSON.parse(text) as Record<string, unknown>;
  if (typeof value["access_token"] === "string") value["access_token"] = "…";
  sortActions(value["errors"]);
  return JSON.stringify(value);
}

/** The `detail` of a 401 has the actions in the order of the scope, which varies. */
function sortActions(errors: unknown): void {
  for (const { code, detail } of (errors ?? []) as { code: string; detail?: unknown }[]) {
    if (code === "UNAUTHORIZED" && Array.isArray(detail)) {
      detail.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
    }
  }
}
