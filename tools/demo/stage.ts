import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RegistryClient } from "pulumi-acr/client";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import type { Narrator } from "./narrator.js";
import { QuickstartStack } from "./quickstartStack.js";
import { Somebody } from "./somebody.js";

/** Where the quickstart publishes. */
export const repository = "policies/web";

/** The temporary parts of the demo and its narrator. */
export interface Stage {
  readonly narrator: Narrator;
  readonly emulator: Emulator;
  readonly pulumi: QuickstartStack;
  /** The registry as others see it. */
  readonly registry: RegistryClient;
  readonly somebody: Somebody;
}

/** Sets up the stage, runs the demo and removes everything in any case. */
export async function withStage(
  narrator: Narrator,
  signal: AbortSignal,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-acr-demo-"));
  const emulator = await startEmulator();
  const registry = new RegistryClient(emulator.url, {
    credential: { kind: "token", ...emulator.credentials },
  });
  try {
    const pulumi = await QuickstartStack.create(folder, emulator, signal);
    const somebody = new Somebody(registry.repository(repository));
    await play({ narrator, emulator, pulumi, registry, somebody });
  } finally {
    registry.close();
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
