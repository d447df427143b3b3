import assert from "node:assert/strict";
import type { Emulator } from "pulumi-acr/emulator";
import type { Run } from "./quickstartStack.js";

/** The output `digest` of the stack; those of its layers are indented further. */
export const digestOutput = /^(?: {4}| {2}[+~] )digest +:/u;

/** Number of requests since the last call and of writes among them, without sign-in. */
export function countRequests({ journal }: Emulator): { all: number; writes: number } {
  const requests = journal.entries.filter(({ path }) => /^\/(?:v2|acr)\/./u.test(path));
  const writes = requests.filter(({ method }) => method !== "GET" && method !== "HEAD");
  journal.clear();
  return { all: requests.length, writes: writes.length };
}

/** The digest in the outputs that Pulumi printed; the new one if it changed. */
export function printedDigest({ lines }: Run): string {
  const found = lines
    .filter((line) => digestOutput.test(line))
    .map((line) => /"(sha256:[0-9a-f]{64})"$/u.exec(line)?.[1]);
  const digest = found.findLast((one) => one !== undefined);
  assert.ok(digest !== undefined, "Pulumi printed no digest");
  return digest;
}

/** The matching lines, each once and without durations. */
export function pick({ lines }: Run, ...patterns: readonly RegExp[]): string[] {
  const picked = lines
    .map((line) => line.trimEnd())
    .filter((line) => patterns.some((pattern) => pattern.test(line)))
    .map((line) =>
      line.replace(/ \([\d.]+s\)/u, "").replace(/(?<=policies .*);? warning: .*$/u, ""),
    );
  return [...new Set(picked)];
}

/** A row that Pulumi prints for the artifact. */
export function artifactRow(operation: string): RegExp {
  return new RegExp(`OciArtifact policies ${operation}`, "u");
}
