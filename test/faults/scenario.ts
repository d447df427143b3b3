import assert from "node:assert/strict";
import type { NamedAttributes } from "../../provider/artifact/lock.js";
import type { Bag, Declaration, Program } from "../support/miniEngine.js";
import type { Holdings, World } from "./world.js";

export type Verb = "up" | "refresh" | "destroy";

/** One operation on a stack, and its required result whatever fails meanwhile. */
export interface Scenario {
  readonly verb: Verb;
  /** Prepares stack and registry for the operation. */
  readonly prepare?: (world: World) => Promise<unknown>;
  /** What is declared; after a destroy, nothing. */
  readonly program: (world: World) => Program;
  /** Throws unless everything is there as declared, and nothing else of ours. */
  readonly settled: (holdings: Holdings, world: World) => void;
  /** Bytes per upload request; default: the client's. */
  readonly chunkSize?: number;
  /** The stack manages attributes of somebody's tag and manifest. */
  readonly managesTheirs?: boolean;
  /** The artifact lacks a blob when the operation begins. */
  readonly broken?: boolean;
  /** What a false answer hid from the plan may stay: the same rules do not find it later. */
  readonly plansOnAnswers?: boolean;
  /** The operation makes no request. */
  readonly silent?: boolean;
  /** Requests of an `up` without changes. Default: none, not even for a token. */
  readonly looks?: readonly string[];
}

const ARTIFACT_TYPE = "application/vnd.example";

/** An artifact with a config and two layers of its own. */
export function artifact(world: World, inputs: Bag = {}): Declaration {
  return {
    name: "app",
    kind: "OciArtifact",
    inputs: {
      repository: world.repository,
      artifactType: ARTIFACT_TYPE,
      config: { mediaType: "application/vnd.example.config", content: "config" },
      layers: [
        { content: "first", title: "first" },
        { content: "second", title: "second" },
      ],
      ...inputs,
    },
  };
}

/** Digest of the artifact that the stack has, or had when it was noted. */
export function ours(world: World): string {
  const noted = world.noted.get("ours");
  const state = world.engine.state.find((one) => one.name === "app" && !one.pendingDelete);
  return noted ?? String(state?.outputs["digest"]);
}

/** Remembers the digest for checks after the state is gone. */
export function note(world: World, name = "ours"): void {
  world.noted.set(name, String(world.engine.resource("app").outputs["digest"]));
}

/** Exactly these tags name our artifact, and are closed or open as said. */
export function tagged(
  { tags, manifests }: Holdings,
  digest: string,
  expected: Readonly<Record<string, NamedAttributes>>,
  manifest: NamedAttributes = {},
): void {
  for (const [tag, attributes] of Object.entries(expected)) {
    assert.equal(tags.get(tag)?.digest, digest, `what ${tag} names`);
    has(tags.get(tag)?.attributes, attributes, tag);
  }
  const naming = [...tags].filter(([, thing]) => thing.digest === digest).map(([tag]) => tag);
  assert.deepEqual(naming.sort(), Object.keys(expected).sort(), "tags of our artifact");
  has(manifests.get(digest)?.attributes, manifest, "the manifest");
}

export function has(
  live: NamedAttributes | undefined,
  wanted: NamedAttributes,
  name: string,
): void {
  assert.ok(live, `${name} is there`);
  assert.deepEqual({ ...live, ...wanted }, { ...live }, `attributes of ${name}`);
}

/** Only what belongs to somebody else is left. */
export function gone({ tags, manifests }: Holdings, world: World): void {
  const left = [...manifests.keys()].filter((digest) => !world.isForeign(digest));
  assert.deepEqual(left, [], "manifests left");
  const names = [...tags.keys()].filter((tag) => !tag.startsWith("theirs"));
  assert.deepEqual(names, [], "tags left");
}
