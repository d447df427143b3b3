import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { UNKNOWN } from "../../../provider/arguments/unknown.js";
import { Host } from "../../../provider/lifecycle/host.js";
import { type KINDS, lifecycleOf } from "../../../provider/lifecycle/kinds.js";
import type { CheckResult, PropertyBag } from "../../../provider/lifecycle/lifecycle.js";
import { ABSENT_DIGEST } from "../../support/somebody.js";

const repository = "r";
const descriptor = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: ABSENT_DIGEST,
  size: 7,
};
const attributes = {
  deleteEnabled: true,
  writeEnabled: false,
  listEnabled: true,
  readEnabled: true,
};
const registry = { credential: "anonymous", waitForAccess: 5, requestRates: "basic" };
const policies = { onTagConflict: "move", onReplace: "delete" };
const published = { tags: ["1"], lock: { writeEnabled: false }, onDelete: "untag", ...policies };
const annotations = { "org.example.note": "1" };
const packed = {
  repository,
  artifactType: "a/b",
  annotations,
  subject: descriptor,
  registry,
  ...published,
};

/** Every input of the kind, with one of those that exclude each other. */
const COMPLETE: Readonly<Record<keyof typeof KINDS, PropertyBag>> = {
  OciArtifact: {
    ...packed,
    config: { mediaType: "a/c", content: "{}" },
    verify: "included",
    layers: [{ content: "text", title: "t", mediaType: "a/d", annotations, compression: "none" }],
  },
  OciIndex: {
    ...packed,
    manifests: [{ ...descriptor, platform: { os: "linux", architecture: "amd64" }, annotations }],
  },
  ArtifactCopy: {
    ...{ repository, registry, ...published, referrers: true, verify: "blobs" },
    source: { repository: "s", digest: ABSENT_DIGEST, registry },
  },
  ArtifactTag: { repository, tag: "1", digest: ABSENT_DIGEST, onConflict: "move", registry },
  TagLock: { repository, tag: "1", lockManifest: true, ...attributes, registry },
  ManifestProperties: { repository, digest: ABSENT_DIGEST, ...attributes, registry },
  RepositoryProperties: { repository, ...attributes, registry },
  RetentionPolicy: {
    ...{ repository, keepNewest: 3, keepNewerThan: "30d", keepTags: ["v*"], expireTags: ["pr-*"] },
    ...{ maxDeletions: 5, includeLocked: true, ignoreHidden: true, registry },
  },
};

describe("check leaves open, and does not complain of,", () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ anonymousPull: true });
  });
  after(() => emulator.close());

  const check = (kind: string, inputs: PropertyBag): Promise<CheckResult> => {
    const environment = (name: string): string | undefined =>
      name === "ACR_LOGIN_SERVER" ? emulator.url : undefined;
    const host = new Host({ environment, sendLog: () => undefined, directory: process.cwd() });
    const lifecycle = lifecycleOf(kind)?.(host) ?? assert.fail(kind);
    const news = { ...inputs, __provider: "text", __urn: `urn:pulumi:s::p::${kind}::one` };
    return host.run(news, (operation) => lifecycle.check({}, news, operation));
  };

  for (const [kind, complete] of Object.entries(COMPLETE)) {
    describe(kind, () => {
      for (const [path, inputs] of withUnknowns(complete)) {
        it(path, async () => {
          const checked = await check(kind, inputs);
          assert.deepEqual(checked.failures, []);
          // Missing settings of a registry come from the environment.
          if (path in complete && path !== "registry") assert.equal(checked.inputs[path], UNKNOWN);
        });
      }
    });
  }
});

/** Copies of the value, each with one part unknown. */
function* withUnknowns(bag: PropertyBag): Generator<readonly [string, PropertyBag]> {
  for (const [path, value] of placed(bag, "")) yield [path, value as PropertyBag];
}

function* placed(value: unknown, path: string): Generator<readonly [string, unknown]> {
  if (path !== "") yield [path, UNKNOWN];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const [place, made] of placed(item, `${path}[${index}]`)) {
        yield [place, value.with(index, made)];
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      for (const [place, made] of placed(item, path === "" ? name : `${path}.${name}`)) {
        yield [place, { ...value, [name]: made }];
      }
    }
  }
}
