import assert from "node:assert/strict";
import type { Emulator } from "pulumi-acr/emulator";
import { DURATIONS, type Duration, type Failure, FAILURES } from "./failures.js";
import type { Scenario } from "./scenario.js";
import { type Blow, type Trial, tryOnce } from "./trial.js";

/** No operation has more requests, so that a sweep that does not end is noticed. */
const MOST_REQUESTS = 120;

/** The result of a sweep over one operation. */
export interface SweepResult {
  /** Faults that met a request. */
  readonly faults: number;
  /** Of these, those that failed the operation and were repaired by the next one. */
  readonly failed: number;
  /** What was broken, by failure and number of the request. */
  readonly broken: readonly string[];
}

interface Course {
  readonly name: string;
  readonly failure: Failure;
  readonly duration: Duration;
  /** The first request to fail; after it, every `stride`-th one fails. */
  readonly first: number;
  readonly stride: number;
}

/** The requests of one failure are split into several courses, as each mostly waits. */
const COURSES_OF_ONE = 5;

/**
 * A lasting failure begins at every third request, at other ones for each failure: most of them
 * end the operation in the same way. The soak leaves none out.
 */
const STEP: Readonly<Record<Duration, number>> = { once: 1, lasting: 3 };

const COURSES: readonly Course[] = Object.entries(FAILURES).flatMap(([name, failure], at) =>
  (Object.keys(DURATIONS) as Duration[]).flatMap((duration) => {
    const step = STEP[duration];
    const stride = COURSES_OF_ONE * step;
    return Array.from({ length: COURSES_OF_ONE }, (_, index) => {
      const first = 1 + (at % step) + index * step;
      return { name, failure, duration, first, stride };
    });
  }),
);

/** The operation has no request with this number or a higher one. */
interface Bound {
  untouched: number;
}

/** Every failure of every request of one operation, until it succeeds untouched; side by side on several registries. */
export async function sweep(
  scenario: Scenario,
  emulators: readonly Emulator[],
): Promise<SweepResult> {
  const waiting = [...COURSES];
  const trials: Trial[] = [];
  const broken: string[] = [];
  const bound: Bound = { untouched: MOST_REQUESTS };
  const lane = async (emulator: Emulator): Promise<void> => {
    for (let course = waiting.shift(); course !== undefined; course = waiting.shift()) {
      await run(course, scenario, emulator, { trials, broken, bound });
    }
  };
  await Promise.all(emulators.map(lane));
  const failed = trials.filter(({ outcome }) => outcome === "failed").length;
  return { faults: trials.length, failed, broken };
}

interface Findings {
  readonly trials: Trial[];
  readonly broken: string[];
  readonly bound: Bound;
}

async function run(
  { name, failure, duration, first, stride }: Course,
  scenario: Scenario,
  emulator: Emulator,
  { trials, broken, bound }: Findings,
): Promise<void> {
  for (let nth = first; nth < bound.untouched; nth += stride) {
    try {
      const trial = await strikeOnce(emulator, scenario, { failure, duration, nth });
      if (trial.outcome === "untouched") bound.untouched = Math.min(bound.untouched, nth);
      if (trial.outcome === "untouched") return;
      trials.push(trial);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const met = emulator.journal.entries.find(({ fault }) => fault !== undefined);
      broken.push(`${name} (${duration}) of request ${nth} (${met?.path}): ${reason}`);
    }
  }
  if (bound.untouched === MOST_REQUESTS) {
    broken.push(`${name} (${duration}): more than ${MOST_REQUESTS} requests`);
  }
}

/** One trial in a new repository, and whether it ended as it should. */
export async function strikeOnce(
  emulator: Emulator,
  scenario: Scenario,
  blow: Blow,
): Promise<Trial> {
  const trial = await tryOnce(emulator, nextRepository(), scenario, blow);
  if (trial.outcome !== "untouched") assertExpected(trial, blow.failure, blow.duration);
  return trial;
}

function assertExpected(
  trial: Trial,
  { action, single, deceives }: Failure,
  duration: Duration,
): void {
  if (duration === "once" && single === undefined) {
    assert.equal(trial.outcome, "succeeded", `${trial.request}: ${trial.error}`);
  }
  // A truncated answer without a body is complete.
  if (duration === "lasting" && deceives !== true && action.type !== "truncate") {
    assert.equal(trial.outcome, "failed", `${trial.request}: a lasting failure went unnoticed`);
  }
}

let repositories = 0;

function nextRepository(): string {
  repositories += 1;
  return `sweep/r${repositories}`;
}
