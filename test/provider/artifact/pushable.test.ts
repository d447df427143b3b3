import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { inSteps, type PushableManifest } from "../../../provider/artifact/pushable.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { encodeRawManifest } from "../../../provider/oci/manifest.js";

const bytesOf = (name: string): Uint8Array => new TextEncoder().encode(name);

function manifest(name: string, ...needs: readonly string[]): PushableManifest {
  return {
    manifest: encodeRawManifest(bytesOf(name), "a/b"),
    blobs: [],
    needs: needs.map((need) => digestOf(bytesOf(need))),
  };
}

function named(steps: readonly (readonly PushableManifest[])[]): string[][] {
  return steps.map((step) => step.map((one) => new TextDecoder().decode(one.manifest.bytes)));
}

describe("manifests in steps", () => {
  it("put children before their index, and a subject before its referrers", () => {
    const all = [
      manifest("signature", "index"),
      manifest("index", "amd64", "arm64"),
      manifest("amd64"),
      manifest("arm64"),
      manifest("sbom", "amd64"),
    ];
    assert.deepEqual(named(inSteps(all)), [["amd64", "arm64"], ["index", "sbom"], ["signature"]]);
  });

  it("ignore needed manifests that are not among them, and contain each manifest once", () => {
    const all = [manifest("sbom", "elsewhere"), manifest("sbom", "elsewhere")];
    assert.deepEqual(named(inSteps(all)), [["sbom"]]);
  });

  it("contain everything a manifest needs in an earlier step", () => {
    const graphs = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), { maxLength: 30 });
    fc.assert(
      fc.property(graphs, (edges) => {
        // Edges lead to earlier nodes: a manifest can only name digests that existed before.
        const all = edges.map((needs, at) =>
          manifest(String(at), ...needs.filter((need) => need < at).map(String)),
        );
        const steps = inSteps([...all].reverse());
        const place = new Map(
          steps.flatMap((step, at) => step.map((one) => [one.manifest.descriptor.digest, at])),
        );
        assert.equal(place.size, all.length);
        for (const one of all) {
          for (const need of one.needs ?? []) {
            assert.ok(Number(place.get(need)) < Number(place.get(one.manifest.descriptor.digest)));
          }
        }
      }),
    );
  });
});
