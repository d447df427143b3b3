import type { Bag, Declaration, Kind } from "../../support/miniEngine.js";
import { CLOSED } from "../world.js";
import type { Random } from "./random.js";

/**
 * A resource of a walk as plain data. Inputs may hold `{ digestOf: name }` and `{ descriptorOf: name }`
 * in place of another resource's outputs, `{ digestOf: "release" }` among them, and `{ place: "dev" }`
 * in place of a repository's name; `theirs` is a manifest of somebody else's.
 */
export interface Spec {
  readonly kind: Kind;
  readonly inputs: Bag;
  readonly options?: Pick<Declaration, "deleteBeforeReplace" | "retainOnDelete">;
}

export const TAGS = ["v1", "v2", "v3", "latest"] as const;
/** Tags that somebody else has published before the stack comes. */
export const THEIR_TAGS = ["theirs", "theirs-locked"] as const;
/** Tags that only somebody else uses, and that policies are made for. */
export const PASSING_TAGS = ["pr-1", "pr-2"] as const;
export const THEIRS = "theirs";
/** Tag of somebody else's index with children and referrers in `dev`, and its name in specs. */
export const RELEASE = "release";

/** The source repository of copies. */
const DEV: Bag = { place: "dev" };

type Draw = (random: Random) => Spec;

/**
 * The resources that a walk may declare, in the order of their declaration: what is referred to comes
 * first, and policies come last, which an engine that works sequentially requires. A new
 * kind of resource joins the walk by a line here.
 */
export const RESOURCES: Readonly<Record<string, Draw>> = {
  d1: (random) => {
    const { kind, inputs, options } = artifact(random);
    return { kind, inputs: { repository: DEV, ...inputs }, options };
  },
  a1: artifact,
  a2: artifact,
  a3: artifact,
  c1: artifactCopy,
  c2: artifactCopy,
  sbom: (random) => ({
    kind: "OciArtifact",
    inputs: {
      ...content(random),
      ...published(random),
      subject: { descriptorOf: random.pick(["a1", "a2", "c1", THEIRS]) },
    },
    options: options(random),
  }),
  index: (random) => ({
    kind: "OciIndex",
    inputs: {
      manifests: random
        .some(["a1", "a2", "c1", THEIRS], 3)
        .map((descriptorOf) => ({ descriptorOf })),
      ...published(random),
    },
    options: options(random),
  }),
  t1: artifactTag,
  t2: artifactTag,
  l1: tagLock,
  l2: tagLock,
  properties: (random) => ({
    kind: "ManifestProperties",
    inputs: {
      digest: { digestOf: random.pick(["a1", "a2", "c1", THEIRS]) },
      ...random.pick([CLOSED, { deleteEnabled: false }, { writeEnabled: false }]),
    },
    options: options(random),
  }),
  repository: (random) => ({
    kind: "RepositoryProperties",
    inputs: random.pick([{ deleteEnabled: false }, { listEnabled: false }]),
  }),
  p1: retentionPolicy,
  p2: (random) => {
    const { kind, inputs } = retentionPolicy(random);
    return { kind, inputs: random.chance(0.4) ? { repository: DEV, ...inputs } : inputs };
  },
};

function artifact(random: Random): Spec {
  const verify = random.chance(0.2) ? { verify: "blobs" } : {};
  const inputs = { ...content(random), ...published(random), ...verify };
  return { kind: "OciArtifact", inputs, options: options(random) };
}

/** Few contents, so that resources share layers and whole manifests. */
function content(random: Random): Bag {
  const layers = ["shared", random.pick(["one", "two", "three"])];
  return {
    artifactType: "application/vnd.example",
    layers: layers.map((text) => ({ content: text })),
  };
}

function published(random: Random): Bag {
  return {
    tags: random.some(TAGS, 2),
    ...(random.chance(0.3) ? { lock: true } : {}),
    ...maybe(random, "onReplace", ["retain", "delete", "delete"]),
    ...maybe(random, "onDelete", ["delete", "untag", "retain"]),
    ...maybe(random, "onTagConflict", ["fail", "adopt", "move"]),
  };
}

/** Engine options that change or suppress deletions. */
function options(random: Random): NonNullable<Spec["options"]> {
  return {
    ...(random.chance(0.2) ? { deleteBeforeReplace: true } : {}),
    ...(random.chance(0.08) ? { retainOnDelete: true } : {}),
  };
}

/** A source of the stack or of somebody else, by digest or by tag. */
function artifactCopy(random: Random): Spec {
  const which = random.pick<Bag>([
    { digest: { digestOf: "d1" } },
    { digest: { digestOf: "d1" } },
    { tag: random.pick(TAGS) },
    { digest: { digestOf: RELEASE } },
    { tag: RELEASE },
    { tag: THEIRS },
  ]);
  return {
    kind: "ArtifactCopy",
    inputs: {
      source: { repository: DEV, ...which },
      ...maybe(random, "referrers", [true, false]),
      ...maybe(random, "verify", ["included", "blobs"]),
      ...published(random),
    },
    options: options(random),
  };
}

function artifactTag(random: Random): Spec {
  return {
    kind: "ArtifactTag",
    inputs: {
      tag: random.pick(TAGS),
      digest: { digestOf: random.pick(["a1", "a2", "c1", "sbom", "index", THEIRS]) },
      ...maybe(random, "onConflict", ["fail", "adopt", "move"]),
    },
    options: options(random),
  };
}

function tagLock(random: Random): Spec {
  return {
    kind: "TagLock",
    inputs: {
      tag: random.pick([...TAGS, ...THEIR_TAGS]),
      ...maybe(random, "lockManifest", [true, false]),
      ...(random.chance(0.2) ? { digest: { digestOf: random.pick(["a1", "a2", THEIRS]) } } : {}),
    },
    options: options(random),
  };
}

/** The keepNewerThan of the policies in a walk. */
export const YOUNG_MS = 52 * 7 * 86_400_000;

function retentionPolicy(random: Random): Spec {
  const rules = random.pick<Bag>([
    { expireTags: ["pr-*"] },
    { expireTags: ["pr-*", "v?"], keepNewerThan: "52w" },
    { expireTags: ["*"], keepNewest: 1 + random.below(3) },
    { untaggedOnly: true },
    { untaggedOnly: true, keepNewest: 1 + random.below(2) },
    { keepNewest: 1 + random.below(4) },
    { keepNewerThan: "52w" },
    { keepNewest: 1 + random.below(3), keepNewerThan: "52w" },
  ]);
  return {
    kind: "RetentionPolicy",
    inputs: {
      ...rules,
      ...(random.chance(0.6) ? { keepTags: random.pick([["theirs*"], ["theirs*", "v1"]]) } : {}),
      ...(random.chance(0.15) ? { includeLocked: true } : {}),
    },
  };
}

function maybe(random: Random, name: string, values: readonly unknown[]): Bag {
  return random.chance(0.5) ? { [name]: random.pick(values) } : {};
}
