import type { Bag, Declaration, OutputsOf } from "../../support/miniEngine.js";
import { aliasesOf, nameOf } from "./names.js";
import { RESOURCES, type Spec, THEIR_TAGS } from "./resources.js";

/** Declared resources by name. */
export type Specs = ReadonlyMap<string, Spec>;

/** Repositories, and content of others in them, by the names that specs use. */
export interface Surroundings {
  readonly repository: string;
  /** The repository that `{ place: "dev" }` means. */
  readonly dev: string;
  /** Descriptors by name. */
  readonly others: Readonly<Record<string, Bag>>;
  /** How often each resource has been renamed. */
  readonly renamed: ReadonlyMap<string, number>;
}

/**
 * The program that declares these as far as they fit together. It leaves out resources that refer
 * to undeclared ones and locks on tags that do not exist; of two resources with the same tag, the
 * first gets it. So `check` accepts the program of every selection of steps, which shrinking
 * requires.
 */
export function programOf(specs: Specs, surroundings: Surroundings): Declaration[] {
  const { repository, others, renamed } = surroundings;
  return [...consistent(specs, Object.keys(others))].map(([key, { kind, inputs, options }]) => {
    const times = renamed.get(key) ?? 0;
    return {
      name: nameOf(key, times),
      aliases: aliasesOf(key, times),
      kind,
      inputs: (outputsOf: OutputsOf) => {
        const current = (other: string): Bag => outputsOf(nameOf(other, renamed.get(other) ?? 0));
        return { repository, ...(resolved(inputs, current, surroundings) as Bag) };
      },
      // The digest of a tag in the other repository is known once its artifact exists.
      ...(kind === "ArtifactCopy" && specs.has("d1")
        ? { dependsOn: [nameOf("d1", renamed.get("d1") ?? 0)] }
        : {}),
      ...options,
    };
  });
}

function consistent(specs: Specs, others: readonly string[]): Map<string, Spec> {
  const kept = new Map<string, Spec>();
  const tags = new Set<string>();
  const locks = new Set<string>();
  for (const name of Object.keys(RESOURCES)) {
    const spec = specs.get(name);
    if (spec === undefined) continue;
    if (!namesIn(spec.inputs).every((other) => others.includes(other) || kept.has(other))) continue;
    const { kind, inputs } = spec;
    const { tag } = inputs;
    const place = JSON.stringify(inputs["repository"] ?? "");
    if (typeof tag === "string") {
      const isLock = kind === "TagLock";
      const claimed = isLock ? locks : tags;
      if (claimed.has(tag) || (isLock && !tags.has(tag) && !isTheirs(tag))) continue;
      claimed.add(tag);
    }
    kept.set(name, { ...spec, inputs: withoutTags(inputs, tags, place) });
  }
  return kept;
}

function isTheirs(tag: string): boolean {
  return THEIR_TAGS.some((one) => one === tag);
}

/** Tags in `dev` have the place in their name. */
function withoutTags(inputs: Bag, taken: Set<string>, place: string): Bag {
  if (!Array.isArray(inputs["tags"])) return inputs;
  const known = (tag: string): string => (place === '""' ? tag : `${place} ${tag}`);
  const tags = (inputs["tags"] as string[]).filter((tag) => !taken.has(known(tag)));
  for (const tag of tags) taken.add(known(tag));
  return { ...inputs, tags };
}

interface Reference {
  readonly digestOf?: string;
  readonly descriptorOf?: string;
  readonly place?: "dev";
}

/** Names of the resources that the inputs refer to. */
function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { digestOf, descriptorOf } = value as Reference;
  const name = digestOf ?? descriptorOf;
  return name === undefined ? Object.values(value).flatMap(namesIn) : [name];
}

function resolved(value: unknown, outputsOf: OutputsOf, surroundings: Surroundings): unknown {
  if (typeof value !== "object" || value === null) return value;
  const resolve = (one: unknown): unknown => resolved(one, outputsOf, surroundings);
  if (Array.isArray(value)) return value.map(resolve);
  const { digestOf, descriptorOf, place } = value as Reference;
  if (place !== undefined) return surroundings.dev;
  const name = digestOf ?? descriptorOf;
  if (name === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, resolve(of)]));
  }
  const { mediaType, digest, size } = surroundings.others[name] ?? outputsOf(name);
  return digestOf === undefined ? { mediaType, digest, size } : digest;
}
