import { Random } from "./random.js";
import type { Spec } from "./resources.js";

/** A failure that meets a run at the request with this number. */
export type Strike =
  /** One request fails and the client retries it. */
  | { readonly kind: "failure"; readonly failure: string; readonly nth: number }
  /** From this request on the registry refuses everything. */
  | { readonly kind: "refusal"; readonly nth: number }
  /** The dynamic host is killed. */
  | { readonly kind: "kill"; readonly nth: number }
  /** Ctrl-C, once: what runs is finished, and nothing more is begun. */
  | { readonly kind: "interrupt"; readonly nth: number };

/** What somebody else does before the run. */
export type EngineAct = "move v1" | "untag latest" | "open v1";

/** An edit of the program and a run. A walk has few of them, since each takes seconds. */
export interface EngineStep {
  readonly specs: Readonly<Record<string, Spec>>;
  /** How often resources have been renamed until then. */
  readonly renamed: Readonly<Record<string, number>>;
  readonly act?: EngineAct;
  readonly strike?: Strike;
}

/** Failures that a client retries in less than a second. */
const SURVIVED = ["reset before", "reset after applying", "500", "truncated answer"];

/** Every kind of failure occurs; the seed decides when in the run, and at which request. */
const STRIKES: readonly (Strike["kind"] | undefined)[] = [
  undefined,
  "failure",
  "refusal",
  "interrupt",
  "kill",
];

/** Resources with deleteBeforeReplace or retainOnDelete. */
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
