import { Random } from "./random.js";
import type { Spec } from "./resources.js";

/** What meets a run on its way, at its request of this number. */
export type Strike =
  /** One request goes wrong, which the client makes good. */
  | { readonly kind: "failure"; readonly failure: string; readonly nth: number }
  /** From there on the registry refuses everything. */
  | { readonly kind: "refusal"; readonly nth: number }
  /** The dynamic host is killed. */
  | { readonly kind: "kill"; readonly nth: number }
  /** Ctrl-C, once: what runs is finished, and nothing more is begun. */
  | { readonly kind: "interrupt"; readonly nth: number };

/** What somebody else does before the run. */
export type EngineAct = "move v1" | "untag latest" | "open v1";

/** An edit of the program and a run of it: few, since each takes seconds. */
export interface EngineStep {
  readonly specs: Readonly<Record<string, Spec>>;
  /** How often resources have been renamed until then. */
  readonly renamed: Readonly<Record<string, number>>;
  readonly act?: EngineAct;
  readonly strike?: Strike;
}

/** Of those that a client makes good, the ones that cost no second. */
const SURVIVED = ["reset before", "reset after applying", "500", "truncated answer"];

/** Each kind of strike comes; the seed says when in the run, and upon what. */
const STRIKES: readonly (Strike["kind"] | undefined)[] = [
  undefined,
  "failure",
  "refusal",
  "interrupt",
  "kill",
];

/** Of which resource the engine is asked for another order, or to leave what was. */
const OPTIONS: readonly Readonly<Record<string, Spec["options"]>>[] = [
  {},
  { a1: { deleteBeforeReplace: true } },
  { a2: { retainOnDelete: true } },
  {},
  { a1: { deleteBeforeReplace: true }, a2: { deleteBeforeReplace: true } },
];

function retainsSecond(index: number): boolean {
  return OPTIONS[index]?.["a2"]?.retainOnDelete === true;
}

/** From this step on `a1` has another name. */
const RENAMED_FROM = 3;

/** No run of a changed program makes fewer requests. */
const LATEST_REQUEST = 6;

export function drawEngineSteps(seed: number): EngineStep[] {
  const random = new Random(seed);
  return STRIKES.map((kind, index) => ({
    specs: drawSpecs(random, index),
    renamed: { a1: index < RENAMED_FROM ? 0 : 1 },
    // Before the first run there is nothing that somebody could touch.
    ...(index === 0 ? {} : { act: random.pick<EngineAct>(["move v1", "untag latest", "open v1"]) }),
    ...(kind === undefined ? {} : { strike: drawStrike(random, kind) }),
  }));
}

function drawStrike(random: Random, kind: Strike["kind"]): Strike {
  const nth = 1 + random.below(LATEST_REQUEST);
  return kind === "failure" ? { kind, failure: random.pick(SURVIVED), nth } : { kind, nth };
}

/** The content is another one in each step, so that each has something to do. */
function drawSpecs(random: Random, index: number): Record<string, Spec> {
  const artifact = (name: string, content: string, tags: readonly string[]): Spec => ({
    kind: "OciArtifact",
    options: OPTIONS[index]?.[name],
    inputs: {
      artifactType: "application/vnd.example",
      layers: [{ content: "shared" }, { content }],
      tags,
      lock: random.chance(0.5),
      onTagConflict: "move",
      onReplace: random.pick(["retain", "delete"]),
    },
  });
  return {
    a1: artifact("a1", `first ${index}`, ["v1"]),
    // What the engine is to retain is replaced, and not taken out of the program, which would leave its tag.
    ...(random.chance(0.5) || [index, index - 1].some(retainsSecond)
      ? { a2: artifact("a2", `second ${index}`, ["v2"]) }
      : {}),
    t1: {
      kind: "ArtifactTag",
      inputs: { tag: "latest", digest: { digestOf: "a1" }, onConflict: "move" },
    },
  };
}
