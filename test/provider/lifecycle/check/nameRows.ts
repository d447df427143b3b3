import { ARTIFACT as A, DIGEST, EMPTY_CONFIG, type Row } from "./row.js";

/** Names, types, texts and policies. */
export const NAME_ROWS: Record<string, Row> = {
  "no repository": [{ artifactType: "a/b" }, { repository: /^it is required: expected a text$/ }],
  "a repository that is no text": [
    { ...A, repository: 3 },
    { repository: /expected a text, but got 3/ },
  ],
  "capitals in a repository": [
    { ...A, repository: "Web" },
    { repository: /"Web" is not a repository name: expected lower-case/ },
  ],
  "a path out of the registry": [
    { ...A, repository: "../x" },
    { repository: /"\.\.\/x" is not a repository/ },
  ],
  "a repository with its registry": [
    { ...A, repository: "x.io/y:1" },
    { repository: /"x\.io\/y:1" is not/ },
  ],
  "a repository that ends in a line": [
    { ...A, repository: "a\n" },
    { repository: /"a\\n" is not/ },
  ],
  "a very long repository": [
    { ...A, repository: "a".repeat(300) },
    { repository: /^"a{80}…" is not a repository name: .*at most 255 characters/ },
  ],
  "tags that are no list": [{ ...A, tags: "v1" }, { tags: /expected a list, but got "v1"/ }],
  "a tag that is a number": [{ ...A, tags: [1] }, { "tags[0]": /expected a text, but got 1/ }],
  "a tag with a space": [
    { ...A, tags: ["v1", "a b"] },
    { "tags[1]": /"a b" is not a tag: expected up to 128/ },
  ],
  "a tag with the build of a version": [
    { ...A, tags: ["1.0.0+build"] },
    { "tags[0]": /"1\.0\.0\+build" is not a tag: .*the "\+" of a version is usually written "_"$/ },
  ],
  "an option among the arguments": [
    { ...A, dependsOn: [] },
    { dependsOn: /^it is an option of the resource: give it in the third argument/ },
  ],
  "an empty tag": [{ ...A, tags: [""] }, { "tags[0]": /"" is not a tag/ }],
  "a tag that begins with a dot": [{ ...A, tags: [".v1"] }, { "tags[0]": /not beginning with/ }],
  "a tag of 129 characters, which is cut in its message": [
    { ...A, tags: ["a".repeat(129)] },
    { "tags[0]": /^"a{80}…" is not a tag: expected up to 128/ },
  ],
  "a digest as a tag": [{ ...A, tags: [DIGEST] }, { "tags[0]": /is not a tag/ }],
  "a tag given twice": [
    { ...A, tags: ["a", "b", "a"] },
    { "tags[2]": /"a" is given twice: tags\[0\] is the same/ },
  ],
  "a type without a slash": [
    { ...A, artifactType: "chart" },
    { artifactType: /"chart" is not a media type: expected "type\/subtype"/ },
  ],
  "a type with a parameter": [
    { ...A, artifactType: "text/plain; charset=utf-8" },
    { artifactType: /is not a media type/ },
  ],
  "no type and no config": [
    { repository: "a" },
    { artifactType: /needs an artifactType, for example/ },
  ],
  "no type and the empty config": [
    { repository: "a", config: { mediaType: EMPTY_CONFIG, content: "{}" } },
    { artifactType: /needs an artifactType/ },
  ],
  "a subject without a type": [
    { ...A, subject: { digest: DIGEST, size: 1 } },
    { "subject.mediaType": /it is required/ },
  ],
  "a subject of a wrong digest and size": [
    { ...A, subject: { mediaType: "a/b", digest: "sha256:ABC", size: -1 } },
    {
      "subject.digest": /"sha256:ABC" is not a digest: expected/,
      "subject.size": /expected a number of bytes, but got -1/,
    },
  ],
  "a subject that is a text": [
    { ...A, subject: DIGEST },
    { subject: /expected a resource that is published, or its `descriptor`, but got "sha256:/ },
  ],
  "annotations that are numbers": [
    { ...A, annotations: { a: 1 } },
    { "annotations.a": /expected a text, but got a number/ },
  ],
  "annotations as a list": [
    { ...A, annotations: ["a"] },
    { annotations: /expected strings by key, but got a list/ },
  ],
  "an annotation without a key": [
    { ...A, annotations: { "": "x" } },
    { 'annotations[""]': /key of an annotation is empty/ },
  ],
  "a creation time that is none": [
    { ...A, annotations: { "org.opencontainers.image.created": "now" } },
    { 'annotations["org.opencontainers.image.created"]': /"now" is not an RFC 3339 time/ },
  ],
  "a manifest above 4 MiB": [
    { ...A, annotations: { a: "x".repeat(4 * 1024 * 1024) } },
    { layers: /would have 4194\d{3} bytes; registries refuse more than 4194304 \(4 MiB\)/ },
  ],
  "unknown names at the top": [
    { ...A, tag: "v1", artefactType: "x" },
    {
      tag: /there is no property "tag" here, only .*; did you mean "tags"\?/,
      artefactType: /did you mean "artifactType"\?/,
    },
  ],
  "names that every object has": [
    { ...A, constructor: "x", toString: "x" },
    { constructor: /there is no property "constructor"/, toString: /no property "toString"/ },
  ],
  "a derived input": [{ ...A, digest: DIGEST }, { digest: /there is no property "digest" here/ }],
  "a lock that is a text": [
    { ...A, lock: "yes" },
    { lock: /expected true, false or an object of attributes, but got "yes"/ },
  ],
  "an unknown attribute": [
    { ...A, lock: { writeEnable: false } },
    { "lock.writeEnable": /did you mean "writeEnabled"\?/ },
  ],
  "an attribute that is a text": [
    { ...A, lock: { writeEnabled: "no" } },
    { "lock.writeEnabled": /expected true or false, but got "no"/ },
  ],
  "policies that do not exist": [
    { ...A, verify: "all", onTagConflict: "overwrite", onReplace: "untag", onDelete: true },
    {
      verify: /expected "manifest", "included" or "blobs", but got "all"/,
      onTagConflict: /expected "fail", "adopt" or "move", but got "overwrite"/,
      onReplace: /expected "retain" or "delete", but got "untag"/,
      onDelete: /expected "delete", "untag" or "retain", but got true/,
    },
  ],
};
