import type { Drift } from "../../provider/artifact/foundDrift.js";
import type { Digest } from "../../provider/oci/digest.js";
import type { Bag, Declaration, Program } from "../support/miniEngine.js";
import type { Somebody } from "../support/somebody.js";

export const REPOSITORY = "team/app";
const OPEN = { deleteEnabled: true, writeEnabled: true };
const CLOSED = "deleteEnabled=false, writeEnabled=false";

/** Objects that a row's texts name; digests are known after the first up. */
export interface Scene {
  readonly somebody: Somebody;
  /** `<login server>/<repository>` */
  readonly base: string;
  /** Outputs of the artifact. */
  readonly digest: string;
  readonly config: Digest;
  readonly layer: Digest;
  /** Some other artifact, published beforehand. */
  readonly theirs: string;
}

export interface DriftRow {
  readonly program: (scene: Pick<Scene, "theirs">) => Program;
  readonly mutate: (scene: Scene) => Promise<unknown>;
  /** Drift of the row's resource; absent if the resource is gone. */
  readonly drift?: (scene: Scene) => readonly Drift[];
  /** Properties that the engine's own diff names. */
  readonly changes: readonly string[];
  /** What `up --refresh` writes. */
  readonly writes: readonly string[];
}

/** An artifact with a config and a layer of its own. */
export function artifact(inputs: Bag = {}): Declaration {
  return {
    name: "app",
    kind: "OciArtifact",
    inputs: {
      repository: REPOSITORY,
      artifactType: "application/vnd.example",
      config: { mediaType: "application/vnd.example.config", content: "config" },
      layers: [{ content: "text", title: "text" }],
      tags: ["v1"],
      ...inputs,
    },
  };
}

export const ARTIFACT_DRIFT: Readonly<Record<string, DriftRow>> = {
  "a tag that was moved": {
    program: () => [artifact()],
    mutate: ({ somebody, theirs }) => somebody.tag("v1", theirs),
    drift: ({ base, digest, theirs }) => [
      { kind: "tag-moved", subject: `${base}:v1`, expected: digest, actual: theirs, since: "then" },
    ],
    changes: ["tags"],
    writes: ["PUT tag v1"],
  },
  "a locked tag that was opened and moved": {
    program: () => [artifact({ lock: true })],
    mutate: async ({ somebody, theirs }) => {
      await somebody.setTagAttributes("v1", OPEN);
      await somebody.tag("v1", theirs);
    },
    drift: ({ base, digest, theirs }) => [
      { kind: "tag-moved", subject: `${base}:v1`, expected: digest, actual: theirs, since: "then" },
    ],
    changes: ["tags"],
    writes: ["PUT tag v1", "PATCH tag properties v1"],
  },
  "a tag that was deleted": {
    program: () => [artifact({ tags: ["v1", "v1.0"] })],
    mutate: ({ somebody }) => somebody.untag("v1"),
    drift: ({ base, digest }) => [
      { kind: "tag-deleted", subject: `${base}:v1`, expected: digest, actual: "absent" },
    ],
    changes: ["tags"],
    writes: ["PUT tag v1"],
  },
  "one tag moved, another deleted": {
    program: () => [artifact({ tags: ["v1", "v1.0", "v1.0.0"] })],
    mutate: async ({ somebody, theirs }) => {
      await somebody.tag("v1", theirs);
      await somebody.untag("v1.0.0");
    },
    drift: ({ base, digest, theirs }) => [
      { kind: "tag-moved", subject: `${base}:v1`, expected: digest, actual: theirs, since: "then" },
      { kind: "tag-deleted", subject: `${base}:v1.0.0`, expected: digest, actual: "absent" },
    ],
    changes: ["tags"],
    writes: ["PUT tag v1.0.0", "PUT tag v1"],
  },
  "a manifest that was deleted, with its tags": {
    program: () => [artifact({ tags: ["v1", "v1.0"] })],
    mutate: ({ somebody, digest }) => somebody.deleteManifest(digest),
    changes: [],
    writes: ["POST whole blob", "POST whole blob", "PUT manifest", "PUT tag v1", "PUT tag v1.0"],
  },
  "a layer that was deleted": {
    program: () => [artifact({ verify: "blobs" })],
    mutate: ({ somebody, layer }) => somebody.repository.blobs.delete(layer),
    drift: ({ base, layer }) => [
      { kind: "blob-missing", subject: `${base}@${layer}`, expected: layer, actual: "absent" },
    ],
    changes: ["layerDescriptors"],
    writes: ["POST whole blob"],
  },
  "a config that was deleted": {
    program: () => [artifact({ verify: "blobs" })],
    mutate: ({ somebody, config }) => somebody.repository.blobs.delete(config),
    drift: ({ base, config }) => [
      { kind: "blob-missing", subject: `${base}@${config}`, expected: config, actual: "absent" },
    ],
    changes: ["configDescriptor"],
    writes: ["POST whole blob"],
  },
  "a tag that was unlocked": {
    program: () => [artifact({ lock: true })],
    mutate: ({ somebody }) => somebody.setTagAttributes("v1", { writeEnabled: true }),
    drift: ({ base }) => [
      {
        kind: "attributes-changed",
        subject: `${base}:v1`,
        expected: CLOSED,
        actual: "deleteEnabled=false, writeEnabled=true",
      },
    ],
    changes: ["lock"],
    writes: ["PATCH tag properties v1"],
  },
  "a manifest that was unlocked": {
    program: () => [artifact({ lock: { deleteEnabled: false } })],
    mutate: ({ somebody, digest }) => somebody.setManifestAttributes(digest, OPEN),
    drift: ({ base, digest }) => [
      {
        kind: "attributes-changed",
        subject: `${base}@${digest}`,
        expected: "deleteEnabled=false",
        actual: "deleteEnabled=true",
      },
    ],
    changes: ["lock"],
    writes: ["PATCH manifest properties"],
  },
};

const lock = (inputs: Bag = {}): Declaration => ({
  name: "app",
  kind: "TagLock",
  inputs: { repository: REPOSITORY, tag: "theirs", ...inputs },
});

const properties = (inputs: Bag): Declaration => ({
  name: "app",
  kind: "ManifestProperties",
  inputs: { repository: REPOSITORY, ...inputs },
});

export const ATTRIBUTE_DRIFT: Readonly<Record<string, DriftRow>> = {
  "TagLock: a tag that was unlocked": {
    program: () => [lock()],
    mutate: ({ somebody }) => somebody.setTagAttributes("theirs", OPEN),
    drift: ({ base }) => [
      {
        kind: "attributes-changed",
        subject: `${base}:theirs`,
        expected: CLOSED,
        actual: "deleteEnabled=true, writeEnabled=true",
      },
    ],
    changes: ["deleteEnabled", "writeEnabled"],
    writes: ["PATCH tag properties theirs"],
  },
  "TagLock: a manifest that was unlocked": {
    program: () => [lock({ readEnabled: true })],
    mutate: ({ somebody, theirs }) =>
      somebody.setManifestAttributes(theirs, { deleteEnabled: true, readEnabled: false }),
    drift: ({ base, theirs }) => [
      {
        kind: "attributes-changed",
        subject: `${base}@${theirs}`,
        expected: `${CLOSED}, readEnabled=true`,
        actual: "deleteEnabled=true, writeEnabled=false, readEnabled=false",
      },
    ],
    changes: ["deleteEnabled", "readEnabled"],
    writes: ["PATCH manifest properties"],
  },
  "TagLock: a tag that was moved": {
    program: () => [lock()],
    mutate: async ({ somebody }) => {
      await somebody.setTagAttributes("theirs", OPEN);
      await somebody.publish("moved", "theirs");
      await somebody.setTagAttributes("theirs", { deleteEnabled: false, writeEnabled: false });
    },
    drift: ({ base, theirs }) => [
      {
        kind: "tag-moved",
        subject: `${base}:theirs`,
        expected: theirs,
        actual: "another",
        since: "then",
      },
      {
        kind: "attributes-changed",
        subject: `${base}@another`,
        expected: CLOSED,
        actual: "deleteEnabled=true, writeEnabled=true",
      },
    ],
    changes: ["deleteEnabled", "lockManifest", "writeEnabled"],
    writes: ["PATCH manifest properties", "PATCH manifest properties"],
  },
  "ManifestProperties: attributes that were changed": {
    program: ({ theirs }) => [properties({ digest: theirs, listEnabled: false })],
    mutate: ({ somebody, theirs }) =>
      somebody.setManifestAttributes(theirs, { listEnabled: true, writeEnabled: false }),
    drift: ({ base, theirs }) => [
      {
        kind: "attributes-changed",
        subject: `${base}@${theirs}`,
        expected: "listEnabled=false",
        actual: "listEnabled=true",
      },
    ],
    changes: ["listEnabled"],
    writes: ["PATCH manifest properties"],
  },
};
