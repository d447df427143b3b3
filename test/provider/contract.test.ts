import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { provider } from "../../provider/index.js";
import { COMPRESSOR } from "../../provider/tar/deflateBlock.js";
import { providerText, resourceType } from "../../resources/provider.js";
import { recordedStates } from "../fixtures/states.js";

const KINDS = [
  ...["OciArtifact", "OciIndex", "ArtifactCopy", "ArtifactTag", "TagLock"],
  ...["ManifestProperties", "RepositoryProperties", "RetentionPolicy"],
];
const VERBS = ["check", "diff", "create", "read", "update", "delete", "configure"] as const;

/** Keys of the outputs that `read`, `update` and `delete` of a later version find in old states. */
const OUTPUT_KEYS: Readonly<Record<string, readonly string[]>> = {
  OciArtifact: [
    ...["__declared", "__provider", "__urn", "annotations", "artifactType", "config"],
    ...["configDescriptor", "content", "digest", "drift", "included", "layerDescriptors", "layers"],
    ...["lock", "mediaType", "onDelete", "onReplace", "onTagConflict", "reference", "registry"],
    ...["repository", "size", "subject", "tagDigests", "tags", "verify"],
  ],
  OciIndex: [
    ...["__declared", "__provider", "__urn", "annotations", "digest", "drift", "manifests"],
    ...["mediaType", "reference", "registry", "repository", "size", "tagDigests", "tags"],
  ],
  ArtifactCopy: [
    ...["__declared", "__provider", "__urn", "artifactType", "digest", "drift", "included"],
    ...["mediaType", "onReplace", "reference", "registry", "repository", "size", "source"],
    ...["subject", "tagDigests", "tags", "verify"],
  ],
  ArtifactTag: [
    ...["__declared", "__provider", "__urn", "digest", "drift", "reference", "registry"],
    ...["repository", "tag"],
  ],
  TagLock: [
    ...["__declared", "__previous", "__provider", "__urn", "deleteEnabled", "drift"],
    ...["lockManifest", "registry", "repository", "tag", "tagDigest", "writeEnabled"],
  ],
  ManifestProperties: [
    ...["__declared", "__previous", "__provider", "__urn", "digest", "drift", "listEnabled"],
    ...["registry", "repository"],
  ],
  RepositoryProperties: [
    ...["__declared", "__previous", "__provider", "__urn", "deleteEnabled", "drift", "registry"],
    ...["repository"],
  ],
};

describe("the contents of users' states, which every later version must understand:", () => {
  for (const kind of KINDS) {
    it(`the text, type and format of ${kind}: refresh and destroy run what the state says, without the program`, () => {
      const text = `exports.handler = () => require("pulumi-acr/provider").provider("${kind}", 1)`;
      assert.equal(providerText(kind), text, "another text is an update of every resource");
      assert.equal(resourceType(kind), `pulumi-nodejs:dynamic/acr:${kind}`, "the URN contains it");
      const answered = provider(kind, 1);
      for (const verb of VERBS) assert.equal(typeof answered[verb], "function", verb);
    });
  }

  it("a newer format is refused, not guessed at", () => {
    assert.throws(() => provider("OciArtifact", 2), /last updated by a newer version/);
  });

  it("the keys of the outputs: a later version that renames one loses what it remembers", () => {
    const found = new Map<string, Set<string>>();
    for (const { state } of recordedStates("mini")) {
      for (const { kind, outputs } of state as readonly Recorded[]) {
        const keys = found.get(kind) ?? new Set<string>();
        for (const key of Object.keys(outputs)) keys.add(key);
        found.set(kind, keys);
      }
    }
    for (const [kind, keys] of Object.entries(OUTPUT_KEYS)) {
      assert.deepEqual([...(found.get(kind) ?? [])].sort(), keys, kind);
    }
  });

  it("the compressor's id: it stands for its bytes, so other bytes need another id", () => {
    assert.equal(COMPRESSOR, "fflate-0.8.3-level5-1MiB-1", "see the golden digests of gzip");
  });
});

interface Recorded {
  readonly kind: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}
