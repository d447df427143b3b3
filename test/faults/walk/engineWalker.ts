import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { declare } from "../../support/declare.js";
import { EngineStack, environmentFor } from "../../support/engine.js";
import { EngineProcesses } from "../../support/engineProcesses.js";
import { holdsSecret } from "../../support/secretWatch.js";
import { FAILURES } from "../failures.js";
import { assertComplete } from "../invariants.js";
import { mannersFor } from "../manners.js";
import { CLOSED, OPEN, World } from "../world.js";
import type { EngineAct, EngineStep, Strike } from "./engineSteps.js";
import { digestsIn, retainedIn } from "./exportedState.js";
import { programOf } from "./program.js";

const REPOSITORY = "walk/engine";

/** A stack on the real engine, a registry and somebody else. */
export class EngineWalker {
  #specs: EngineStep["specs"] = {};
  #renamed: EngineStep["renamed"] = {};
  /** Digests that the engine must retain when it replaces their resource. */
  #retained: readonly string[] = [];
  /** What belonged to somebody else before the stack existed. */
  #theirs = "";

  private constructor(
    readonly emulator: Emulator,
    readonly world: World,
    readonly stack: EngineStack,
    private readonly processes: EngineProcesses,
  ) {}

  static async start(): Promise<EngineWalker> {
    const emulator = await startEmulator();
    const processes = new EngineProcesses();
    const world = await World.create(emulator, { repository: REPOSITORY, manners: mannersFor() });
    const environment = { ...environmentFor(emulator), ...processes.environment };
    const stack = await EngineStack.create({ environment });
    const walker = new EngineWalker(emulator, world, stack, processes);
    walker.#theirs = world.foreignIn(await world.holdings());
    stack.program = () => {
      walker.#declare();
      return Promise.resolve();
    };
    return walker;
  }

  async close(): Promise<void> {
    this.stack.remove();
    this.processes.remove();
    this.world.close();
    await this.emulator.close();
  }

  /** One edit and run, the user's reaction to a failure, and the checks after each. */
  async take({ specs, renamed, act, strike }: EngineStep): Promise<void> {
    const retained = this.#retained;
    this.#specs = specs;
    this.#renamed = renamed;
    if (act !== undefined) await this.#act(act);
    this.processes.nextRun();
    if (strike === undefined) await this.stack.up({ refresh: true });
    else await this.#struck(strike);
    await this.#assertNothingBroken();
    if (strike !== undefined && strike.kind !== "failure") await this.#recover(strike);
    await this.#assertAsDeclared();
    const { manifests } = await this.world.holdings();
    for (const digest of retained) assert.ok(manifests.has(digest), `${digest} is retained`);
  }

  /** What a user does after a run that failed. */
  async #recover({ kind }: Strike): Promise<void> {
    const state = await this.stack.exportState();
    assertNoSecret(state);
    // Only the next run finds out whether a killed create has published anything.
    if (kind === "kill") await this.stack.cli("refresh", "--yes", "--clear-pending-creates");
    else assert.doesNotMatch(state, /pending_operations/, "what was begun is finished");
    await this.stack.up({ refresh: kind !== "kill" });
    await this.#assertNothingBroken();
  }

  /** I3: a settled stack makes no changes and no requests, and a destroyed one leaves nothing. */
  async end(): Promise<void> {
    this.emulator.journal.clear();
    await this.stack.up({ expectNoChanges: true });
    assert.deepEqual(this.emulator.journal.entries, []);
    await this.stack.destroy();
    await this.#assertNothingBroken();
    const { tags } = await this.world.holdings();
    const left = [...tags.keys()].filter((tag) => !tag.startsWith("theirs"));
    assert.deepEqual(left, [], "tags that a destroy leaves");
  }

  #declare(): void {
    const specs = new Map(Object.entries(this.#specs));
    const surroundings = {
      repository: REPOSITORY,
      dev: REPOSITORY,
      others: {},
      renamed: new Map(Object.entries(this.#renamed)),
    };
    declare(programOf(specs, surroundings));
  }

  async #act(act: EngineAct): Promise<void> {
    const { somebody } = this.world;
    const tag = act === "untag latest" ? "latest" : "v1";
    await somebody.setTagAttributes(tag, OPEN);
    if (act === "move v1") this.world.addForeign(await somebody.publish("somebody's", tag));
    if (act === "untag latest") await somebody.untag(tag);
    this.#theirs = this.world.foreignIn(await this.world.holdings());
  }

  async #struck(strike: Strike): Promise<void> {
    const fault = this.emulator.faults.add({
      nth: strike.nth,
      times: ["failure", "interrupt"].includes(strike.kind) ? 1 : Infinity,
      action: actionOf(strike),
    });
    const running = this.#failing(strike);
    if (strike.kind === "kill" || strike.kind === "interrupt") {
      const run = { isOver: false };
      const end = (): void => void (run.isOver = true);
      running.then(end, end);
      while (fault.hits === 0 && !run.isOver) await wait(10);
      if (!run.isOver && strike.kind === "kill") process.kill(this.processes.host(), "SIGKILL");
      if (!run.isOver && strike.kind === "interrupt") process.kill(this.processes.cli(), "SIGINT");
    }
    await running;
    assert.ok(fault.hits > 0, "the strike meets the run");
    this.emulator.faults.clear();
  }

  /** A run that succeeds or fails as its injected failure requires. */
  async #failing({ kind }: Strike): Promise<void> {
    const running = this.stack.up({ refresh: true });
    if (kind === "failure") assertNoSecret((await running).output);
    else if (kind === "interrupt") await running.catch(assertToldOf);
    else
      await assert.rejects(running, (error: Error) => {
        assertNoSecret(error.message);
        if (kind === "refusal") assert.match(error.message, / \[[A-Z_]+\]/);
        return true;
      });
  }

  async #assertNothingBroken(): Promise<void> {
    const holdings = await this.world.holdings();
    await assertComplete(this.world, holdings);
    assert.equal(this.world.foreignIn(holdings), this.#theirs, "what is somebody else's");
  }

  async #assertAsDeclared(): Promise<void> {
    const { tags } = await this.world.holdings();
    const state = await this.stack.exportState();
    assertNoSecret(state);
    this.#retained = retainedIn(state);
    const digests = digestsIn(state);
    const expected = { v1: digests.get("a1"), latest: digests.get("a1"), v2: digests.get("a2") };
    for (const [tag, digest] of Object.entries(expected)) {
      assert.equal(tags.get(tag)?.digest, digest, `what ${tag} names`);
    }
    const isLocked = tags.get("v1")?.attributes.writeEnabled === CLOSED.writeEnabled;
    assert.equal(isLocked, this.#specs["a1"]?.inputs["lock"], "the lock of v1");
  }
}

/** An interrupt may come after the last operation; otherwise the engine reports it. */
function assertToldOf(error: Error): void {
  assertNoSecret(error.message);
  assert.match(error.message, /cancel/i);
}

function actionOf(strike: Strike) {
  // Long enough for the signal to arrive first.
  if (strike.kind === "interrupt") return { type: "delay", ms: 1_000 } as const;
  if (strike.kind === "kill") return { type: "stall" } as const;
  if (strike.kind === "refusal") return { type: "status", status: 403, code: "DENIED" } as const;
  const failure = FAILURES[strike.failure];
  assert.ok(failure, strike.failure);
  return failure.action;
}

function assertNoSecret(text: string): void {
  assert.equal(holdsSecret(text), false, "a secret is told");
}
