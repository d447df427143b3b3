import { afterEach, beforeEach } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "./engine.js";
import { MiniEngine } from "./miniEngine.js";
import { Somebody } from "./somebody.js";

/** A registry, a stack that publishes to it, and somebody else with the same rights. */
export interface Scene {
  readonly emulator: Emulator;
  readonly somebody: Somebody;
  readonly engine: MiniEngine;
}

/** Gives each test of the enclosing `describe` a scene of its own; `somebody` works in the repository. */
export function eachWithScene(repository: string, take: (scene: Scene) => void): void {
  let current: Scene | undefined;
  beforeEach(async () => {
    const emulator = await startEmulator();
    const somebody = new Somebody(emulator, repository);
    const engine = new MiniEngine({ environment: environmentFor(emulator) });
    current = { emulator, somebody, engine };
    take(current);
  });
  afterEach(async () => {
    current?.somebody.close();
    await current?.emulator.close();
    current = undefined;
  });
}
