import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import type { Emulator } from "pulumi-acr/emulator";
import { parseDigest } from "../../../provider/oci/digest.js";
import { type Declaration, HostKilled, type MiniRun } from "../../support/miniEngine.js";
import { DURATIONS, FAILURES } from "../failures.js";
import { assertCleanFailure, assertComplete, assertNoSecret } from "../invariants.js";
import { mannersFor } from "../manners.js";
import { World } from "../world.js";
import { Excuses } from "./excuses.js";
import { programOf, type Theirs } from "./program.js";
import type { Spec } from "./resources.js";
import { assertRules, type Course } from "./rules.js";
import { act } from "./somebodyActs.js";
import { settle, settleDestroyed } from "./settle.js";
import type { RunStep, Step, Verb } from "./steps.js";

/** A stack, a registry and somebody else, on their way through a list of steps. */
export class Walker {
  readonly specs = new Map<string, Spec>();
  readonly excuses = new Excuses();

  private constructor(
    readonly world: World,
    private readonly theirs: Theirs,
  ) {}

  static async start(emulator: Emulator, repository: string): Promise<Walker> {
    const world = await World.create(emulator, { repository, manners: mannersFor() });
    const { manifests } = world.somebody.repository;
    const descriptor = await manifests.resolve(parseDigest(world.theirs));
    return new Walker(world, { descriptor: { ...descriptor } });
  }

  get program(): Declaration[] {
    return programOf(this.specs, this.world.repository, this.theirs);
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "declare":
        this.specs.set(step.name, step.spec);
        return;
      case "drop":
        this.specs.delete(step.name);
        return;
      case "somebody":
        return act(this, step);
      case "settle":
        return settle(this);
      case "run":
        await this.run(step);
    }
  }

  /** Finishes everything, then takes it away: nothing may be left but somebody else's and what was told. */
  async end(): Promise<void> {
    await settle(this);
    await settleDestroyed(this);
    this.excuses.assertNothingElseLeft(this.world, await this.world.holdings());
  }

  close(): void {
    this.world.emulator.faults.clear();
    this.world.close();
  }

  /** One run of the engine, which may fail, and what must be true after it all the same. */
  async run(step: Omit<RunStep, "do">): Promise<Error | undefined> {
    const { engine } = this.world;
    const program = this.program;
    const before = { holdings: await this.world.holdings(), state: engine.state };
    const error = await this.#struck(step, program);
    const after = { holdings: await this.world.holdings(), state: engine.state };
    const { messages } = engine;
    const course: Course = { verb: step.verb, program, before, after, messages, error };
    assertNoSecret(this.world, error);
    if (error !== undefined && !(error instanceof HostKilled))
      assertCleanFailure(this.world, error);
    await assertComplete(this.world, after.holdings);
    assertRules(this.world, course);
    this.excuses.note(this.world, course);
    return error;
  }

  async #struck(
    { verb, replace, blow, killAt }: Omit<RunStep, "do">,
    program: Declaration[],
  ): Promise<Error | undefined> {
    const { engine, emulator } = this.world;
    const patience = engine.manners;
    const failure = blow === undefined ? undefined : FAILURES[blow.failure];
    if (failure !== undefined && blow !== undefined) {
      const { nth, duration } = blow;
      engine.manners = mannersFor(duration, failure, patience.clock);
      emulator.faults.add({ nth, times: DURATIONS[duration], action: failure.action });
    }
    const running = failureOf(this.#operate(verb, program, replace));
    if (killAt !== undefined) await this.#killAt(killAt, running);
    const error = await running;
    emulator.faults.clear();
    engine.manners = patience;
    return error;
  }

  #operate(verb: Verb, program: Declaration[], replace: string | undefined): Promise<MiniRun> {
    const { engine } = this.world;
    switch (verb) {
      case "up":
        return engine.up(program);
      case "up --refresh":
        return engine.up(program, { refresh: true });
      case "up --replace":
        return engine.up(program, { replace: replace === undefined ? [] : [replace] });
      case "refresh":
        return engine.refresh();
      case "destroy":
        return engine.destroy();
    }
  }

  /** The request that it is killed at is never applied; those before it are. */
  async #killAt(nth: number, running: Promise<unknown>): Promise<void> {
    const { engine, emulator } = this.world;
    const rule = { nth, times: Infinity, action: { type: "stall" } } as const;
    const fault = emulator.faults.add(rule);
    const run = { isOver: false };
    void running.finally(() => (run.isOver = true));
    while (fault.hits === 0 && !run.isOver) await wait(1);
    if (!run.isOver) engine.kill();
  }
}

async function failureOf(operation: Promise<unknown>): Promise<Error | undefined> {
  try {
    await operation;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
}
