import { AssertionError } from "node:assert";
import { CommandError } from "@pulumi/pulumi/automation";
import { Narrator } from "./narrator.js";
import { withStage } from "./stage.js";
import { tellStory } from "./story.js";

/** `npm run demo`. Exit codes: 0 success, 1 a wrong result or an error, 130 interrupted. */
async function main(): Promise<number> {
  const narrator = new Narrator((text) => process.stdout.write(text));
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => interruption.abort());
  }
  // The reader has closed the output, as `head` does.
  process.stdout.on("error", () => interruption.abort());
  narrator.title(
    "pulumi-acr: one artifact from preview to destroy",
    "The quickstart (examples/quickstart) on the real Pulumi engine, against a local registry emulator.",
    "Everything happens on this machine, in a temporary folder that is removed afterwards.",
  );
  try {
    await withStage(narrator, interruption.signal, tellStory);
  } catch (error) {
    const interrupted = interruption.signal.aborted;
    narrator.failure(interrupted ? "demo: interrupted" : `demo: failed: ${told(error)}`);
    return interrupted ? 130 : 1;
  }
  narrator.end("demo: ok");
  return 0;
}

/** The message of a wrong result or of Pulumi; any other error with its stack. */
function told(error: unknown): string {
  if (error instanceof AssertionError || error instanceof CommandError) return error.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}

void main().then((code) => {
  process.exitCode = code;
});
