import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { failureOf } from "../failureOf.js";
import { type Declaration, HostKilled, type MiniRun } from "../../support/miniEngine.js";
import { DURATIONS, FAILURES } from "../failures.js";
import { assertCleanFailure, assertNoSecret } from "../invariants.js";
import { mannersFor } from "../manners.js";
import type { World } from "../world.js";
import type { Lane } from "./lane.js";
import { nameOf } from "./names.js";
import { Place } from "./place.js";
import { programOf, type Surroundings } from "./program.js";
import { RELEASE, type Spec, THEIRS } from "./resources.js";
import type { Moment } from "./course.js";
import { act, publishRelease } from "./somebodyActs.js";
import { settle, settleDestroyed } from "./settle.js";
import type { RunStep, Step, Verb } from "./steps.js";

/** A stack, a registry and somebody else, on their way through a list of steps. */
export class Walker {
  readonly specs = new Map<string, Spec>();
  readonly renamed = new Map<string, number>();

  private constructor(
    private readonly lane: Lane,
    /** Where most of the stack is. */
    readonly main: Place,
    /** The source of copies. */
    readonly dev: Place,
    private readonly others: Surroundings["others"],
  ) {}

  static async start(lane: Lane, repository: string): Promise<Walker> {
    const manners = mannersFor("once", {}, lane.clock);
    const main = await Place.create(lane.emulator, { repository, manners });
    const dev = await Place.create(lane.emulator, {
      repository: `${repository}-dev`,
      manners,
      mark: " of dev",
    });
    const release = await publishRelease(dev.world);
    const others = {
      [THEIRS]: await main.descriptorOf(main.world.theirs),
      [RELEASE]: await dev.descriptorOf(release),
    };
    return new Walker(lane, main, dev, others);
  }

  get world(): World {
    return this.main.world;
  }

  get places(): readonly Place[] {
    return [this.main, this.dev];
  }

  get program(): Declaration[] {
    const { main, dev, others, renamed } = this;
    const { repository } = main;
    return programOf(this.specs, { repository, dev: dev.repository, others, renamed });
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "declare":
        this.specs.set(step.name, step.spec);
        return;
      case "drop":
        this.specs.delete(step.name);
        return;
      case "rename":
        this.renamed.set(step.name, this.#timesRenamed(step.name) + 1);
        return;
      case "wait":
        this.lane.passTime();
        return;
      case "somebody":
        return act(step.place === "dev" ? this.dev : this.main, step);
      case "settle":
        return settle(this);
      case "run":
        await this.run(step);
    }
  }

  /** Settles and destroys: only somebody else's things and reported ones may be left. */
  async end(): Promise<void> {
    await settle(this);
    await settleDestroyed(this);
    for (const place of this.places) await place.assertNothingElseLeft();
  }

  close(): void {
    this.world.emulator.faults.clear();
    for (const { world } of this.places) world.close();
  }

  /** One run of the engine, which may fail, and the checks that hold either way. */
  async run(step: Omit<RunStep, "do">): Promise<Error | undefined> {
    const { engine } = this.world;
    const program = this.program;
    const now = this.lane.clock.now();
    const before = await this.#moments();
    const error = await this.#struck(step, program);
    for (const place of this.places) place.touch();
    const after = await this.#moments();
    const { messages } = engine;
    assertNoSecret(this.world, error);
    if (error !== undefined && !(error instanceof HostKilled))
      assertCleanFailure(this.world, error);
    for (const [at, place] of this.places.entries()) {
      const [from, to] = [before[at], after[at]];
      assert.ok(from && to);
      const { verb } = step;
      await place.assertRules({ verb, program, before: from, after: to, messages, error, now });
    }
    return error;
  }

  #moments(): Promise<Moment[]> {
    return Promise.all(this.places.map((place) => place.moment(this.world.engine.state)));
  }

  #timesRenamed(key: string): number {
    return this.renamed.get(key) ?? 0;
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
        return engine.up(program, {
          replace: replace === undefined ? [] : [nameOf(replace, this.#timesRenamed(replace))],
        });
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
