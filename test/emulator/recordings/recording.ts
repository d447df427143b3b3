import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { checkout } from "../../../tools/installed.js";

/** One request to the real service and its answer, as the report of the conformance run has them. */
export interface RecordedExchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly host: string;
    readonly headers: Readonly<Record<string, string>>;
    /** A manifest is a JSON string of base64; a blob is a note of its size. */
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** JSON is indented; the report has damaged all other content that is not text. */
    readonly body: string | null;
  };
}

/** One test of the conformance program. */
export interface Session {
  /** 1 to 74, as in "C11 #34". */
  readonly number: number;
  readonly title: string;
  readonly exchanges: readonly RecordedExchange[];
}

export const sessionCount = 74;

/** The folder that the environment names, or the one beside the checkout. */
export function recordingsFolder(): { readonly path: string; readonly asked: boolean } {
  const given = process.env["PULUMI_ACR_RECORDINGS"] ?? "";
  if (given !== "") return { path: resolve(given), asked: true };
  return { path: resolve(checkout, "..", "shared", "acr-sessions"), asked: false };
}

/** Undefined without a folder; empty if the environment names a folder that does not exist. */
export function readSessions(): readonly Session[] | undefined {
  const { path, asked } = recordingsFolder();
  if (!existsSync(path)) return asked ? [] : undefined;
  return readdirSync(path)
    .filter((name) => /^\d\d-.*\.json$/.test(name))
    .sort()
    .map((name) => readSession(join(path, name), Number(name.slice(0, 2))));
}

function readSession(file: string, number: number): Session {
  const { workflow, group, test, exchanges } = JSON.parse(readFileSync(file, "utf8")) as {
    workflow: string;
    group: string;
    test: string;
    exchanges: RecordedExchange[];
  };
  return { number, title: `${workflow}, ${group}: ${test}`, exchanges };
}
