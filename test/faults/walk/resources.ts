import type { Bag, Kind } from "../../support/miniEngine.js";
import { CLOSED } from "../world.js";
import type { Random } from "./random.js";

/**
 * A resource of a walk as plain data. Inputs may hold `{ digestOf: name }` and `{ descriptorOf: name }`
 * in place of another resource's outputs; `theirs` is a manifest of somebody else's.
 */
export interface Spec {
  readonly kind: Kind;
  readonly inputs: Bag;
}

export const TAGS = ["v1", "v2", "v3", "latest"] as const;
/** Tags that somebody else has published before the stack comes. */
export const THEIR_TAGS = ["theirs", "theirs-locked"] as const;
export const THEIRS = "theirs";

type Draw = (random: Random) => Spec;

/**
 * The resources that a walk may declare, in the order of their declaration: what is referred to comes
 * first. A new kind of resource joins the walk by a line here.
 */
export const RESOURCES: Readonly<Record<string, Draw>> = {
  a1: artifact,
  a2: artifact,
  a3: artifact,
  sbom: (random) => ({
    kind: "OciArtifact",
    inputs: {
      ...content(random),
      ...published(random),
      subject: { descriptorOf: random.pick(["a1", "a2", THEIRS]) },
    },
  }),
  index: (random) => ({
    kind: "OciIndex",
    inputs: {
      manifests: random.some(["a1", "a2", THEIRS], 3).map((descriptorOf) => ({ descriptorOf })),
      ...published(random),
    },
  }),
  t1: artifactTag,
  t2: artifactTag,
  l1: tagLock,
  l2: tagLock,
  properties: (random) => ({
    kind: "ManifestProperties",
    inputs: {
      digest: { digestOf: random.pick(["a1", "a2", THEIRS]) },
      ...random.pick([CLOSED, { deleteEnabled: false }, { writeEnabled: false }]),
    },
  }),
  repository: (random) => ({
    kind: "RepositoryProperties",
    inputs: random.pick([{ deleteEnabled: false }, { listEnabled: false }]),
  }),
};

function artifact(random: Random): Spec {
  const verify = random.chance(0.2) ? { verify: "blobs" } : {};
  return { kind: "OciArtifact", inputs: { ...content(random), ...published(random), ...verify } };
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

function artifactTag(random: Random): Spec {
  return {
    kind: "ArtifactTag",
    inputs: {
      tag: random.pick(TAGS),
      digest: { digestOf: random.pick(["a1", "a2", "sbom", "index", THEIRS]) },
      ...maybe(random, "onConflict", ["fail", "adopt", "move"]),
    },
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
  };
}

function maybe(random: Random, name: string, values: readonly unknown[]): Bag {
  return random.chance(0.5) ? { [name]: random.pick(values) } : {};
}
