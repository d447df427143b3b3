import type { Bag, Declaration, OutputsOf } from "../../support/miniEngine.js";
import { RESOURCES, type Spec, THEIR_TAGS, THEIRS } from "./resources.js";

/** What is declared, by name. */
export type Specs = ReadonlyMap<string, Spec>;

/** What a resource that nobody of the stack publishes is known by. */
export interface Theirs {
  readonly descriptor: Bag;
}

/**
 * The program that declares these, as far as they go together: what refers to something that is not
 * declared is left out, as is a lock on a tag that nobody has, and of two that declare the same tag the
 * first has it. So every selection of steps makes a program that `check` accepts, which is what
 * shrinking needs.
 */
export function programOf(specs: Specs, repository: string, theirs: Theirs): Declaration[] {
  return [...consistent(specs)].map(([name, { kind, inputs }]) => ({
    name,
    kind,
    inputs: (outputsOf: OutputsOf) => ({
      repository,
      ...(resolved(inputs, outputsOf, theirs) as Bag),
    }),
  }));
}

export function consistent(specs: Specs): Map<string, Spec> {
  const kept = new Map<string, Spec>();
  const tags = new Set<string>();
  const locks = new Set<string>();
  for (const name of Object.keys(RESOURCES)) {
    const spec = specs.get(name);
    if (spec === undefined) continue;
    if (!namesIn(spec.inputs).every((other) => other === THEIRS || kept.has(other))) continue;
    const { kind, inputs } = spec;
    const { tag } = inputs;
    if (typeof tag === "string") {
      const isLock = kind === "TagLock";
      const claimed = isLock ? locks : tags;
      if (claimed.has(tag) || (isLock && !tags.has(tag) && !isTheirs(tag))) continue;
      claimed.add(tag);
    }
    kept.set(name, { kind, inputs: withoutTags(inputs, tags) });
  }
  return kept;
}

function isTheirs(tag: string): boolean {
  return THEIR_TAGS.some((one) => one === tag);
}

function withoutTags(inputs: Bag, taken: Set<string>): Bag {
  if (!Array.isArray(inputs["tags"])) return inputs;
  const tags = (inputs["tags"] as string[]).filter((tag) => !taken.has(tag));
  for (const tag of tags) taken.add(tag);
  return { ...inputs, tags };
}

interface Reference {
  readonly digestOf?: string;
  readonly descriptorOf?: string;
}

/** Names of the resources that the inputs refer to. */
function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { digestOf, descriptorOf } = value as Reference;
  const name = digestOf ?? descriptorOf;
  return name === undefined ? Object.values(value).flatMap(namesIn) : [name];
}

function resolved(value: unknown, outputsOf: OutputsOf, theirs: Theirs): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => resolved(one, outputsOf, theirs));
  const { digestOf, descriptorOf } = value as Reference;
  const name = digestOf ?? descriptorOf;
  if (name === undefined) {
    const members = Object.entries(value);
    return Object.fromEntries(members.map(([key, of]) => [key, resolved(of, outputsOf, theirs)]));
  }
  const { mediaType, digest, size } = name === THEIRS ? theirs.descriptor : outputsOf(name);
  return digestOf === undefined ? { mediaType, digest, size } : digest;
}
