import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { packArtifact, type ArtifactInput } from "../../../provider/artifact/packArtifact.js";
import { digestOf } from "../../../provider/oci/digest.js";

const TYPE = "application/vnd.example+type";
const TITLE = "org.opencontainers.image.title";

describe("packArtifact", () => {
  describe("refuses, before it looks at a file,", () => {
    const file = { file: "missing" };
    const layer = (input: object): ArtifactInput => ({ layers: [input] });
    const subject = { mediaType: "a/b", digest: digestOf(""), size: 0 };
    const title = (text: string): [string, ArtifactInput, string] => {
      return [
        `the title ${JSON.stringify(text)}`,
        layer({ ...file, title: text }),
        "layers[0].title",
      ];
    };
    const cases: [string, ArtifactInput, string][] = [
      ["no source", layer({}), "layers[0]"],
      ["two sources", layer({ ...file, content: "x" }), "layers[0]"],
      ["patterns without a directory", layer({ ...file, include: ["a"] }), "layers[0]"],
      ["an empty path", layer({ file: "" }), "layers[0].file"],
      ["a path with NUL", layer({ directory: "a\0b" }), "layers[0].directory"],
      ["a path that is no string", layer({ file: 5 }), "layers[0].file"],
      ["a folder without a name", layer({ directory: "." }), "layers[0].title"],
      ["another folder without a name", layer({ directory: "../.." }), "layers[0].title"],
      ["a malformed media type", layer({ ...file, mediaType: "tar" }), "layers[0].mediaType"],
      ["an unknown compression", layer({ ...file, compression: "zstd" }), "layers[0].compression"],
      [
        "an annotation that is no string",
        layer({ ...file, annotations: { a: 1 } }),
        'layers[0].annotations["a"]',
      ],
      [
        "a reserved annotation",
        layer({ directory: "d", annotations: { "io.deis.oras.content.unpack": "true" } }),
        'layers[0].annotations["io.deis.oras.content.unpack"]',
      ],
      [
        "two different titles",
        layer({ ...file, title: "a", annotations: { [TITLE]: "b" } }),
        "layers[0].title",
      ],
      ...[
        "",
        ".",
        "..",
        "../x",
        "a/../b",
        "/abs",
        "a//b",
        "a/",
        "C:\\x",
        "C:x",
        "a\\b",
        "a\0b",
        "a\nb",
        "\ud800",
      ].map(title),
      [
        "two equal titles",
        { layers: [file, { content: "", title: "missing" }] },
        "layers[1].title",
      ],
      [
        "a title below a file",
        {
          layers: [
            { content: "", title: "a/b" },
            { content: "", title: "a" },
          ],
        },
        "layers[0].title",
      ],
      ["no artifactType and no config", { artifactType: undefined }, "artifactType"],
      [
        "no artifactType and an empty config",
        {
          artifactType: undefined,
          config: { mediaType: "application/vnd.oci.empty.v1+json", content: "{}" },
        },
        "artifactType",
      ],
      ["a malformed artifactType", { artifactType: "x" }, "artifactType"],
      ["a config without content", { config: { mediaType: "a/b" } }, "config"],
      [
        "a config of the empty type that is not empty",
        { config: { mediaType: "application/vnd.oci.empty.v1+json", content: "[]" } },
        "config.content",
      ],
      ["a malformed config type", { config: { mediaType: "b", content: "" } }, "config.mediaType"],
      ["an empty key", { annotations: { "": "x" } }, 'annotations[""]'],
      [
        "a time that is none",
        { annotations: { "org.opencontainers.image.created": "yesterday" } },
        'annotations["org.opencontainers.image.created"]',
      ],
      [
        "a subject without a digest",
        { subject: { ...subject, digest: "sha256:x" as never } },
        "subject.digest",
      ],
      ["a subject without a size", { subject: { ...subject, size: -1 } }, "subject.size"],
    ];
    for (const [name, input, property] of cases) {
      it(name, async () => {
        await assert.rejects(packArtifact({ artifactType: TYPE, ...input }), {
          code: "INPUT_INVALID",
          property,
        });
      });
    }
  });
});
