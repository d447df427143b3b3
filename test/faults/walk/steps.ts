import { type Duration, FAILURES } from "../failures.js";
import { Random } from "./random.js";
import { PASSING_TAGS, RESOURCES, type Spec, TAGS, THEIR_TAGS } from "./resources.js";

export type Verb = "up" | "up --refresh" | "up --replace" | "refresh" | "destroy";

/** One step of a walk, as plain data, so that a walk can be printed, shrunk and taken again. */
export type Step =
  | { readonly do: "declare"; readonly name: string; readonly spec: Spec }
  | { readonly do: "drop"; readonly name: string }
  /** Renames a resource, with an alias. */
  | { readonly do: "rename"; readonly name: string }
  /** Enough time passes that nothing is young any more. */
  | { readonly do: "wait" }
  | RunStep
  | SomebodyStep
  /** Unfinished work is completed, and must then stay unchanged. */
  | { readonly do: "settle" };

export interface RunStep {
  readonly do: "run";
  readonly verb: Verb;
  /** Names for `up --replace`. */
  readonly replace?: string;
  /** The failure, the request that it meets first and how long it lasts. */
  readonly blow?: { readonly failure: string; readonly duration: Duration; readonly nth: number };
  /** The host is killed when its request of this number has arrived. */
  readonly killAt?: number;
}

/** An action of somebody else. `of` chooses among what exists at that time. */
export interface SomebodyStep {
  readonly do: "somebody";
  readonly act:
    | "publish"
    | "tag"
    | "untag"
    | "lock tag"
    | "open tag"
    | "lock manifest"
    | "open manifest"
    | "delete manifest"
    | "refer"
    | "index";
  readonly tag: string;
  readonly of: number;
  /** Absent: in the repository that most of the stack is in. */
  readonly place?: "dev";
}

const ACTS: readonly SomebodyStep["act"][] = [
  "publish",
  "tag",
  "tag",
  "untag",
  "lock tag",
  "open tag",
  "lock manifest",
  "open manifest",
  "delete manifest",
  "refer",
  "index",
];

/** Runs with fewer requests meet no failure; most make their important requests early. */
const LATEST_REQUEST = 25;
/** Number of declarations at the start, so that there is something to change. */
const FIRST_DECLARATIONS = 4;

/** What is true of an answer must be true of the registry, or nothing can be expected of the client. */
const BLOWS = Object.keys(FAILURES).filter((name) => FAILURES[name]?.deceives !== true);

export function drawSteps(seed: number, length: number): Step[] {
  const random = new Random(seed);
  const first = Array.from({ length: FIRST_DECLARATIONS }, () => drawDeclaration(random));
  return [...first, ...Array.from({ length }, () => drawStep(random))];
}

function drawDeclaration(random: Random): Step {
  const [name, draw] = random.pick(Object.entries(RESOURCES));
  return { do: "declare", name, spec: draw(random) };
}

function drawStep(random: Random): Step {
  const lot = random.next();
  if (lot < 0.38) return drawDeclaration(random);
  const name = random.pick(Object.keys(RESOURCES));
  if (lot < 0.42) return { do: "drop", name };
  if (lot < 0.45) return { do: "rename", name };
  if (lot < 0.55) return drawAct(random);
  if (lot < 0.57) return { do: "settle" };
  if (lot < 0.59) return { do: "wait" };
  return drawRun(random);
}

function drawAct(random: Random): SomebodyStep {
  const tag = random.pick([...TAGS, ...TAGS, ...THEIR_TAGS, ...PASSING_TAGS]);
  const act = { do: "somebody", act: random.pick(ACTS), tag, of: random.below(100) } as const;
  return random.chance(0.25) ? { ...act, place: "dev" } : act;
}

function drawRun(random: Random): RunStep {
  const verb = random.pick<Verb>([
    "up",
    "up",
    "up",
    "up",
    "up",
    "up --refresh",
    "up --refresh",
    "up --replace",
    "refresh",
    "destroy",
  ]);
  const nth = 1 + Math.floor(random.next() ** 2 * LATEST_REQUEST);
  const replace = random.pick(Object.keys(RESOURCES));
  const run = { do: "run", verb, ...(verb === "up --replace" ? { replace } : {}) } as const;
  const lot = random.next();
  if (lot < 0.3) return run;
  if (lot < 0.6) return { ...run, killAt: nth };
  const duration = random.chance(0.5) ? "once" : "lasting";
  return { ...run, blow: { failure: random.pick(BLOWS), duration, nth } };
}

/** The steps as code, to start a separate test with. */
export function asCode(steps: readonly Step[]): string {
  const lines = steps.map((step) => `  ${JSON.stringify(step)},`);
  return ["[", ...lines, "]"].join("\n");
}
