import assert from "node:assert/strict";
import type { Emulator } from "pulumi-acr/emulator";
import type { Run } from "./quickstartStack.js";

/** The output `digest` of the stack; those of its layers are indented further. */
export const digestOutput = /^(?: {4}| {2}[+~] )digest +:/u;

/** Requests since the last call, sign-in apart: how many, and how many of them write. */
export function countRequests({ journal }: Emulator): { all: number; writes: number } {
  const requests = journal.entries.filter(({ path }) => /^\/(?:v2|acr)\/./u.test(path));
  const writes = requests.filter(({ method }) => method !== "GET" && method !== "HEAD");
  journal.clear();
  return { all: requests.length, writes: writes.length };
}

/** The digest that Pulumi printed among the stack's outputs; where it changed, the new one. */
export function printedDigest({ lines }: Run): string {
  const found = lines
    .filter((line) => digestOutput.test(line))
    .map((line) => /"(sha256:[0-9a-f]{64})"$/u.exec(line)?.[1]);
  const digest = found.findLast((one) => one !== undefined);
  assert.ok(digest !== undefined, "Pulumi printed no digest");
  return digest;
}

/** The lines that match, each once, without how long things took. */
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
