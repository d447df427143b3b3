import { parseArgs } from "node:util";
import type { Emulator } from "pulumi-acr/emulator";
import { DURATIONS, type Duration, FAILURES } from "./failures.js";
import { SCENARIOS } from "./scenarios.js";
import { strikeOnce } from "./sweep.js";
import { Lane } from "./walk/lane.js";
import { Random } from "./walk/random.js";
import { describeBroken, walkSeed } from "./walk/walk.js";

/** Registries side by side: much of what is done is waiting. */
const LANES = 6;
/** Few operations have more requests, and a trial whose failure meets none costs little. */
const LATEST_REQUEST = 40;
/** Share of walks; the other trials are single failures of the sweep. */
const SHARE_OF_WALKS = 0.5;

interface Tally {
  walks: number;
  blows: number;
  readonly broken: string[];
}

/**
 * `npm run soak -- --minutes 30 [--seed 1]`: random walks, and the sweep's failures in random
 * order, for this many minutes. The seed is printed first; the same seed repeats the same trials.
 * Ends with 1 if something broke.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } },
  });
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
  if (!(minutes > 0) || !Number.isInteger(seed)) {
    throw new RangeError("--minutes is a number above 0, --seed a whole number");
  }
  say(`seed ${seed}, for ${minutes} minutes`);
  const tally: Tally = { walks: 0, blows: 0, broken: [] };
  process.on("unhandledRejection", (reason) => note(tally, `nobody handled ${String(reason)}`));
  const until = Date.now() + minutes * 60_000;
  // Each lane has numbers of its own, so that what it does follows from the seed alone.
  const lanes = Array.from({ length: LANES }, (_, lane) => soak(seed + lane, until, tally));
  await Promise.all(lanes);
  say(`${tally.walks} walks, ${tally.blows} blows, ${tally.broken.length} broken`);
  process.exitCode = tally.broken.length === 0 ? 0 : 1;
}

async function soak(seed: number, until: number, tally: Tally): Promise<void> {
  const random = new Random(seed);
  const lane = await Lane.start();
  const { emulator } = lane;
  while (Date.now() < until) {
    emulator.journal.clear();
    if (random.chance(SHARE_OF_WALKS)) {
      const broken = await walkSeed(lane, random.below(2 ** 31));
      tally.walks += 1;
      if (broken !== undefined) note(tally, describeBroken(broken));
    } else {
      await blow(emulator, random, tally);
    }
  }
  await lane.close();
}

async function blow(emulator: Emulator, random: Random, tally: Tally): Promise<void> {
  const [title, scenario] = random.pick(Object.entries(SCENARIOS));
  const [name, failure] = random.pick(Object.entries(FAILURES));
  const duration = random.pick(Object.keys(DURATIONS) as Duration[]);
  const nth = 1 + random.below(LATEST_REQUEST);
  tally.blows += 1;
  try {
    await strikeOnce(emulator, scenario, { failure, duration, nth });
  } catch (error) {
    note(tally, `${title}: ${name} (${duration}) of request ${nth}: ${String(error)}`);
  }
}

function note(tally: Tally, what: string): void {
  tally.broken.push(what);
  say(`BROKEN: ${what}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
