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
    /** JSON is indented; whatever else is not text was damaged by the report. */
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

/** The folder that is asked for, or the one beside the checkout. */
export function recordingsFolder(): { readonly path: string; readonly asked: boolean } {
  const given = process.env["PULUMI_ACR_RECORDINGS"] ?? "";
  if (given !== "") return { path: resolve(given), asked: true };
  return { path: resolve(checkout, "..", "shared", "acr-sessions"), asked: false };
}

/** Undefined if the folder is not there and was not asked for; empty if it was. */
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
