import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type ContentOutline,
  explainChange,
  type Part,
} from "../../../provider/artifact/contentChange.js";
import { digestOf } from "../../../provider/oci/digest.js";

/** A part with this content and one KiB per letter. */
function part(name: string, content: string, details: Part["details"] = {}): Part {
  return { name, digest: digestOf(content), size: content.length * 1024, details };
}

function artifact(
  parts: readonly Part[],
  config: Part | undefined = part("config", "c"),
  details: ContentOutline["details"] = {},
): ContentOutline {
  return { noun: "layer", parts, config, areBlobs: true, details };
}

function index(parts: readonly Part[]): ContentOutline {
  return { noun: "manifest", parts, areBlobs: false, details: {} };
}

const short = (content: string): string => digestOf(content).slice(0, "sha256:".length + 12);
const A = part("a.txt", "aa");
const B = part("b.txt", "bbb");
const C = part("c.txt", "cccc");
const CHANGED_B = part("b.txt", "new b");
const CONFIG = part("config", "c");
const many = (count: number, content: (index: number) => string): Part[] =>
  Array.from({ length: count }, (_, place) => part(`file-${place}`, content(place)));

type Row = readonly [ContentOutline, ContentOutline, readonly string[] | undefined];

const ROWS: Readonly<Record<string, Row>> = {
  "nothing differs": [artifact([A, B]), artifact([A, B]), undefined],
  "one is changed": [
    artifact([A, B]),
    artifact([A, CHANGED_B]),
    [
      "1 of 2 layers changes, at most 5.0 KiB of new content to upload",
      `  ~ b.txt 3.0 KiB ${short("bbb")} → 5.0 KiB ${short("new b")}`,
    ],
  ],
  "one is put in between, one is gone": [
    artifact([A, C]),
    artifact([A, B]),
    [
      "2 of 3 layers change, at most 3.0 KiB of new content to upload",
      `  + b.txt 3.0 KiB ${short("bbb")}`,
      `  - c.txt 4.0 KiB ${short("cccc")}`,
    ],
  ],
  "one is renamed, which uploads nothing": [
    artifact([A]),
    artifact([{ ...A, name: "z.txt" }]),
    [
      "2 of 2 layers change, no new content to upload",
      `  + z.txt 2.0 KiB ${short("aa")}`,
      `  - a.txt 2.0 KiB ${short("aa")}`,
    ],
  ],
  "the same content twice is uploaded once": [
    artifact([]),
    artifact([part("x", "xxxx"), part("y", "xxxx")]),
    [
      "2 of 2 layers change, at most 4.0 KiB of new content to upload",
      `  + x 4.0 KiB ${short("xxxx")}`,
      `  + y 4.0 KiB ${short("xxxx")}`,
    ],
  ],
  "a name occurs twice": [
    artifact([A, part("a.txt", "two"), B]),
    artifact([A, part("a.txt", "three"), B]),
    [
      "1 of 3 layers changes, at most 5.0 KiB of new content to upload",
      `  ~ a.txt 3.0 KiB ${short("two")} → 5.0 KiB ${short("three")}`,
    ],
  ],
  "only the order": [
    artifact([A, B]),
    artifact([B, A]),
    ["the layers are the same in another order"],
  ],
  "the media type of one": [
    artifact([part("a.txt", "aa", { mediaType: "text/plain" })]),
    artifact([part("a.txt", "aa", { mediaType: "text/html" })]),
    ["1 of 1 layer changes, no new content to upload", "  ~ a.txt mediaType"],
  ],
  "annotations, of which only the names are shown": [
    artifact([part("a.txt", "aa", { annotations: { k: "hush" } })], CONFIG, {
      annotations: { version: "hush", same: "1", gone: "hush" },
    }),
    artifact([part("a.txt", "aa", { annotations: { k: "secret" } })], CONFIG, {
      annotations: { version: "secret", same: "1", added: "secret" },
    }),
    [
      "1 of 1 layer changes, no new content to upload",
      "  ~ a.txt annotations (k)",
      "  ~ annotations (added, gone, version)",
    ],
  ],
  "annotations where there were none": [
    artifact([A], CONFIG, { annotations: undefined }),
    artifact([A], CONFIG, { annotations: { a: "1" } }),
    ["no layer changes, no new content to upload", "  ~ annotations (a)"],
  ],
  "the config": [
    artifact([A]),
    artifact([A], part("config", "{json}")),
    [
      "no layer changes, at most 6.0 KiB of new content to upload",
      `  ~ config 1.0 KiB ${short("c")} → 6.0 KiB ${short("{json}")}`,
    ],
  ],
  "the artifact type of one without layers": [
    artifact([], CONFIG, { artifactType: "a/a" }),
    artifact([], CONFIG, { artifactType: "a/b" }),
    ["no layer changes, no new content to upload", "  ~ artifactType"],
  ],
  "a manifest of an index, which is there already": [
    index([part("linux/amd64", "aa"), part("linux/arm64/v8", "bbb")]),
    index([part("linux/amd64", "aa"), part("linux/arm64/v8", "new b"), part("windows/amd64", "w")]),
    [
      "2 of 3 manifests change",
      `  ~ linux/arm64/v8 3.0 KiB ${short("bbb")} → 5.0 KiB ${short("new b")}`,
      `  + windows/amd64 1.0 KiB ${short("w")}`,
    ],
  ],
};

describe("the explanation of a change of content", () => {
  for (const [name, [old, now, expected]] of Object.entries(ROWS)) {
    it(name, () => {
      assert.deepEqual(explainChange(old, now, true)?.split("\n"), expected);
    });
  }

  it("is limited in length", () => {
    const text = explainChange(
      artifact(many(9_000, () => "x")),
      artifact(many(8_010, (place) => `new ${place}`)),
      true,
    );
    const lines = text?.split("\n") ?? [];
    assert.equal(lines.length, 22);
    assert.match(lines[0] ?? "", /^9000 of 9000 layers change, /);
    assert.equal(lines.at(-1), "  and 8,980 more");
  });

  it("counts all blobs as new if the old artifact is in another repository", () => {
    assert.equal(
      explainChange(artifact([A, B]), artifact([A, B]), false),
      "no layer changes, at most 6.0 KiB of new content to upload",
    );
    assert.equal(explainChange(index([A]), index([A]), false), undefined);
  });
});
