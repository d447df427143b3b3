import assert from "node:assert/strict";
import type { Emulator } from "pulumi-acr/emulator";
import { failureOf } from "./failureOf.js";
import { requestsTo } from "../support/requests.js";
import { DURATIONS, type Duration, type Failure } from "./failures.js";
import {
  assertCleanFailure,
  assertComplete,
  assertNoSecret,
  assertOldOrNew,
  lost,
} from "./invariants.js";
import { mannersFor } from "./manners.js";
import type { Scenario, Verb } from "./scenario.js";
import { describeHoldings, type Holdings, World } from "./world.js";

export interface Blow {
  readonly failure: Failure;
  readonly duration: Duration;
  /** Which request of the operation it meets first, counted from 1. */
  readonly nth: number;
}

/** The outcome of the operation. */
export interface Trial {
  /** `untouched`: there was no such request. */
  readonly outcome: "untouched" | "succeeded" | "failed";
  /** The request that failed. */
  readonly request: string;
  readonly error?: Error;
}

/**
 * A client's log line for an upload request without an answer. The answer had the upload's new
 * address, so nobody can cancel the upload: it expires by itself.
 */
const UNANSWERED_UPLOAD = /^<- \D\S* .*(?:POST|PATCH) \S*\/blobs\/uploads\//;

/** Runs an operation with one failure, checks what is left, and runs it again. */
export async function tryOnce(
  emulator: Emulator,
  repository: string,
  scenario: Scenario,
  blow: Blow,
): Promise<Trial> {
  const { managesTheirs, chunkSize } = scenario;
  const manners = { ...mannersFor(), chunkSize };
  const world = await World.create(emulator, { repository, manners, managesTheirs });
  try {
    await scenario.prepare?.(world);
    return await strike(world, scenario, blow);
  } finally {
    emulator.faults.clear();
    world.close();
  }
}

async function strike(world: World, scenario: Scenario, blow: Blow): Promise<Trial> {
  const { emulator, engine } = world;
  const { failure, duration, nth } = blow;
  const before = await world.holdings();
  const foreign = world.foreignIn(before);
  const state = engine.state;
  const uploads = emulator.openUploads();
  emulator.journal.clear();
  const patience = engine.manners;
  const { clock, chunkSize } = patience;
  let unanswered = 0;
  const log = (line: string): void => void (unanswered += UNANSWERED_UPLOAD.test(line) ? 1 : 0);
  engine.manners = { ...mannersFor(duration, failure, clock), chunkSize, log };
  const fault = emulator.faults.add({ nth, times: DURATIONS[duration], action: failure.action });
  const error = await failureOf(operate(world, scenario));
  const trial = trialOf(emulator, fault.hits, failure, error);
  emulator.faults.clear();
  engine.manners = patience;

  const midway = await world.holdings();
  assert.equal(world.foreignIn(midway), foreign, "somebody else's things");
  assertNoSecret(world, error);
  if (error !== undefined) assertCleanFailure(world, error);
  if (scenario.broken !== true) await assertComplete(world, midway);
  assertNothingForgotten(world, scenario, lost(state, engine.state), midway);
  const left = emulator.openUploads() - uploads;
  if (error === undefined) assert.ok(left <= unanswered, `${left} uploads open`);

  if (error !== undefined || failure.deceives === true) await operate(world, scenario);
  const deceived = failure.deceives === true && scenario.plansOnAnswers === true;
  await assertSettled(world, scenario, { before, midway, foreign, deceived });
  if (duration === "lasting" && !deceived) await assertRemovable(world);
  return trial;
}

function operate(world: World, scenario: Scenario): Promise<unknown> {
  const { engine } = world;
  const operations: Readonly<Record<Verb, () => Promise<unknown>>> = {
    up: () => engine.up(scenario.program(world)),
    refresh: () => engine.refresh(),
    destroy: () => engine.destroy(),
  };
  return operations[scenario.verb]();
}

function trialOf(
  emulator: Emulator,
  hits: number,
  { idleTimeoutMs }: Failure,
  error: Error | undefined,
): Trial {
  if (hits === 0) {
    // With such a short timeout, a pause of a busy machine may be taken for silence.
    const impatient = idleTimeoutMs !== undefined && error?.message.endsWith("[STALLED]") === true;
    if (error !== undefined && !impatient) throw error;
    return { outcome: "untouched", request: "" };
  }
  const met = emulator.journal.entries.find((entry) => entry.fault !== undefined);
  const request = `${met?.method} ${met?.path}`;
  return { outcome: error === undefined ? "succeeded" : "failed", request, error };
}

/** A resource may leave the state only if what it represents is gone. */
function assertNothingForgotten(
  world: World,
  scenario: Scenario,
  forgotten: readonly { readonly name: string }[],
  midway: Holdings,
): void {
  if (scenario.verb === "refresh") assert.deepEqual(forgotten, [], "what left the state");
  if (scenario.verb === "destroy" && world.engine.state.length === 0) {
    scenario.settled(midway, world);
  }
}

interface Course {
  readonly before: Holdings;
  readonly midway: Holdings;
  readonly foreign: string;
  /** Whether the outcome follows from a false answer. */
  readonly deceived: boolean;
}

async function assertSettled(
  world: World,
  scenario: Scenario,
  { before, midway, foreign, deceived }: Course,
): Promise<void> {
  const { emulator, engine } = world;
  const program = scenario.program(world);
  if (deceived) await engine.up(program);
  emulator.journal.clear();
  const quiet = await engine.up(program);
  const { looks = [] } = scenario;
  if (!deceived) assert.deepEqual(requestsTo(emulator), looks, "requests of an up without changes");
  if (looks.length === 0) assert.equal(emulator.journal.entries.length, 0, "requests for tokens");
  const operations = Object.fromEntries(program.map(({ name }) => [name, "same"]));
  assert.deepEqual(quiet.operations, operations, "changes once settled");
  const after = await world.holdings();
  if (!deceived) scenario.settled(after, world);
  assert.equal(world.foreignIn(after), foreign, "somebody else's things in the end");
  await assertComplete(world, after);
  assertOldOrNew(before, midway, after);
}

/** Nothing of ours is left outside the state, and former attributes are restored. */
async function assertRemovable(world: World): Promise<void> {
  if (world.engine.state.length === 0) return;
  await world.engine.destroy();
  assert.equal(describeHoldings(await world.holdings()), world.pristine, "what a destroy leaves");
}
