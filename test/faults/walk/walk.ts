import type { Lane } from "./lane.js";
import { asCode, drawSteps, type Step } from "./steps.js";
import { Walker } from "./walker.js";

const LENGTH = 20;
/** The most often that a broken walk is repeated with fewer steps. */
const MOST_ATTEMPTS = 400;

/** What broke, and the fewest steps that break it. */
export interface BrokenWalk {
  readonly seed: number;
  readonly reason: string;
  readonly steps: readonly Step[];
}

let walks = 0;

/** One walk; throws what it breaks. */
async function walk(lane: Lane, steps: readonly Step[]): Promise<void> {
  walks += 1;
  const walker = await Walker.start(lane, `walk/r${walks}`);
  try {
    for (const step of steps) await walker.take(step);
    await walker.end();
  } finally {
    walker.close();
  }
}

/** The walk of a seed; a broken one is shrunk. */
export async function walkSeed(lane: Lane, seed: number): Promise<BrokenWalk | undefined> {
  const steps = drawSteps(seed, LENGTH);
  const reason = await breaks(lane, steps);
  if (reason === undefined) return undefined;
  return { seed, ...(await shrink(lane, steps, reason)) };
}

async function breaks(lane: Lane, steps: readonly Step[]): Promise<string | undefined> {
  try {
    await walk(lane, steps);
    return undefined;
  } catch (error) {
    const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    return stack.includes(message) ? stack : `${message}\n${stack}`;
  }
}

/** Drops steps, halves first, as long as the walk still breaks. */
async function shrink(
  lane: Lane,
  steps: readonly Step[],
  reason: string,
): Promise<Pick<BrokenWalk, "steps" | "reason">> {
  let smallest = { steps, reason };
  let attempts = 0;
  for (
    let size = Math.ceil(steps.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let start = 0; start < smallest.steps.length && attempts < MOST_ATTEMPTS;) {
      const fewer = smallest.steps.toSpliced(start, size);
      attempts += 1;
      const still = await breaks(lane, fewer);
      if (still === undefined) start += size;
      else smallest = { steps: fewer, reason: still };
    }
  }
  return smallest;
}

export function describeBroken({ seed, reason, steps }: BrokenWalk): string {
  return `seed ${seed}: ${reason}\nthe fewest steps that do so:\n${asCode(steps)}`;
}
