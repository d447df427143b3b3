import type { Row } from "./row.js";

const R = { repository: "charts/web" };
const of = (kind: string, args: unknown, more: Row[0] = {}): Row[0] => ({
  ...R,
  ...more,
  content: { [kind]: args },
});
const about = {
  subject: {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: `sha256:${"a".repeat(64)}`,
    size: 2,
  },
};
const chart = (path: string, more: Row[0] = {}): Row[0] => of("helmChart", { path }, more);

/** Files that the rows name; see each of them. */
export const CONTENT_FILES: Readonly<Record<string, string>> = {
  "kinds/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0+a\n",
  "kinds/other/Chart.yaml": "apiVersion: v2\nname: other\nversion: 1.0.0\n",
  "kinds/noYaml/Chart.yaml": "name: [web\n",
  "kinds/list/Chart.yaml": "- name: web\n",
  "kinds/noVersion/Chart.yaml": "apiVersion: v2\nname: web\n",
  "kinds/badVersion/Chart.yaml": "apiVersion: v2\nname: web\nversion: one\n",
  "kinds/badType/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: image\n",
  "kinds/badField/Chart.yaml":
    "apiVersion: v2\nname: web\nversion: 1.0.0\nmaintainers:\n  - name: [a]\n",
  "kinds/badIgnore/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "kinds/badIgnore/.helmignore": "# fine\ndocs/**\n",
  "kinds/ignored/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "kinds/ignored/.helmignore": "Chart.*\n",
  "kinds/needy/Chart.yaml":
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: base, version: 1.0.0 }]\n",
  "kinds/stray/Chart.yaml":
    "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{ name: base, version: 1.0.0 }]\n",
  "kinds/stray/charts/readme.txt": "no chart",
  "kinds/main.bicep": "param name string\n",
  "kinds/parameters.json": '{"$schema":"https://example.com/deploymentParameters.json#"}',
  "kinds/noResources.json":
    '{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"}',
  "kinds/module.json":
    '{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","resources":[]}',
  "kinds/sbom.txt": "a list",
  "kinds/code.wat": "(module)",
  "kinds/future.wasm": "\0asm\x09\0\0\0",
};

export const CONTENT_ROWS: Record<string, Row> = {
  "no kind of content": [
    { ...R, content: {} },
    { content: /exactly one of `helmChart`, .*: none is given/ },
  ],
  "two kinds of content": [
    { ...R, content: { endOfLife: { date: "2027-01-31" }, sbom: { file: "a.txt" } } },
    { content: /sbom and endOfLife are given|endOfLife and sbom are given/ },
  ],
  "a misspelt kind of content": [
    of("helmchart", { path: "kinds/web" }),
    { "content.helmchart": /did you mean "helmChart"\?/ },
  ],
  "a misspelt argument that is required": [
    of("helmChart", { pth: "kinds/web" }),
    { "content.helmChart.pth": /did you mean "path"\?/ },
  ],
  "a misspelt argument of content": [
    of("helmChart", { path: "kinds/web", provenence: "x" }),
    { "content.helmChart.provenence": /did you mean "provenance"\?/ },
  ],
  "content and what it decides": [
    chart("kinds/web", { artifactType: "a/b", layers: [], config: undefined }),
    {
      artifactType: /`content` \(helmChart\) decides what it is/,
      layers: /`content` \(helmChart\) decides/,
    },
  ],
  "a chart without a path": [
    of("helmChart", {}),
    { "content.helmChart.path": /it is required: expected a text/ },
  ],
  "a chart that is missing": [
    chart("nope"),
    { "content.helmChart.path": /^nope does not exist in \/.*[^/]$/ },
  ],
  "a chart of an empty path": [
    chart(""),
    { "content.helmChart.path": /"" is not the path of a file or folder/ },
  ],
  "a folder without a chart": [
    chart("charts"),
    { "content.helmChart.path": /^charts: there is no Chart\.yaml in it: it is not a Helm chart/ },
  ],
  "a file that is no chart": [
    chart("a.txt"),
    {
      "content.helmChart.path":
        /^a\.txt: it is not gzip, or damaged \(Z_BUF_ERROR\): expected what `helm package` writes/,
    },
  ],
  "a chart with a link": [
    chart("linked"),
    { "content.helmChart.path": /link is a symbolic link: .*leave it out in \.helmignore/ },
  ],
  "a Chart.yaml that is no YAML": [
    chart("kinds/noYaml"),
    { "content.helmChart.path": /Chart\.yaml: it is not YAML: / },
  ],
  "a Chart.yaml that is a list": [
    chart("kinds/list"),
    { "content.helmChart.path": /Chart\.yaml: it is not an object of names and values/ },
  ],
  "a chart without a version": [
    chart("kinds/noVersion"),
    { "content.helmChart.path": /Chart\.yaml: it has no version/ },
  ],
  "a chart of no version": [
    chart("kinds/badVersion"),
    { "content.helmChart.path": /its version "one" is not a SemVer 2 version/ },
  ],
  "a chart of no type": [
    chart("kinds/badType"),
    { "content.helmChart.path": /its type "image" is neither "application" nor "library"/ },
  ],
  "a member of Chart.yaml of another form": [
    chart("kinds/badField"),
    { "content.helmChart.path": /its maintainers\[0\]\.name is not a text/ },
  ],
  "a .helmignore that Helm does not read": [
    chart("kinds/badIgnore"),
    {
      "content.helmChart.path": /\.helmignore, line 2: "docs\/\*\*" cannot be used: Helm knows no/,
    },
  ],
  "a chart that leaves itself out": [
    chart("kinds/ignored"),
    { "content.helmChart.path": /its \.helmignore leaves out Chart\.yaml/ },
  ],
  "a dependency that is not there": [
    chart("kinds/needy"),
    {
      "content.helmChart.path":
        /^kinds\/needy: base is named in Chart\.yaml, but missing in charts\/: run `helm dependency build`/,
    },
  ],
  "what is no chart among the dependencies": [
    chart("kinds/stray"),
    { "content.helmChart.path": /charts\/readme\.txt is not a chart/ },
  ],
  "a provenance of a folder": [
    of("helmChart", { path: "kinds/web", provenance: "a.txt" }),
    { "content.helmChart.provenance": /kinds\/web is a folder: give the path of the \.tgz/ },
  ],
  "a chart in a repository of another name": [
    chart("kinds/other"),
    { repository: /the chart's name is "other".*"charts\/web" does not end in "\/other"/ },
  ],
  "a chart without the tag of its version": [
    chart("kinds/web", { tags: ["latest"] }),
    { tags: /the chart's version is "1\.0\.0\+a".*under the tag "1\.0\.0_a": add it, or leave/ },
  ],
  "a chart under another title": [
    chart("kinds/web", { annotations: { "org.opencontainers.image.title": "x" } }),
    { 'annotations["org.opencontainers.image.title"]': /Chart\.yaml says "web"/ },
  ],
  "Bicep source": [
    of("bicepModule", { file: "kinds/main.bicep" }),
    {
      "content.bicepModule.file":
        /is not a compiled Bicep module: it is not JSON; give the file that `bicep build` writes/,
    },
  ],
  "parameters as a module": [
    of("bicepModule", { file: "kinds/parameters.json" }),
    { "content.bicepModule.file": /its `\$schema` is not that of a deployment template/ },
  ],
  "a template without resources": [
    of("bicepModule", { file: "kinds/noResources.json" }),
    { "content.bicepModule.file": /it has no `resources`/ },
  ],
  "a folder as a module": [
    of("bicepModule", { file: "charts" }),
    { "content.bicepModule.file": /charts is a folder: a file is needed/ },
  ],
  "a source without its revision": [
    of("fluxSource", { path: "charts", source: "https://example.com" }),
    { "content.fluxSource.revision": /it is required/ },
  ],
  "a source of which nothing is left": [
    of("fluxSource", { path: "charts", source: "a", revision: "b", ignore: ["*.yaml"] }),
    { "content.fluxSource.ignore": /the patterns "\*\.yaml" exclude everything in charts/ },
  ],
  "a source of a wrong pattern": [
    of("fluxSource", { path: "charts", source: "a", revision: "b", ignore: ["!x"] }),
    { "content.fluxSource.ignore[0]": /it begins with "!"/ },
  ],
  "a source made at no time": [
    of("fluxSource", { path: "charts", source: "a", revision: "b", created: "today" }),
    { "content.fluxSource.created": /"today" is not an RFC 3339 time/ },
  ],
  "a component in text": [
    of("wasmComponent", { file: "kinds/code.wat" }),
    { "content.wasmComponent.file": /it is not WebAssembly: .*not its text or its source/ },
  ],
  "a component of another version": [
    of("wasmComponent", { file: "kinds/future.wasm" }),
    { "content.wasmComponent.file": /a version of WebAssembly that is not known here: 09000000/ },
  ],
  "a component made at no time": [
    of("wasmComponent", { file: "kinds/future.wasm", created: "2024-13-01" }),
    { "content.wasmComponent.created": /is not an RFC 3339 time/ },
  ],
  "a bill of materials of no format": [
    of("sbom", { file: "kinds/sbom.txt" }, about),
    {
      "content.sbom.format":
        /the format of kinds\/sbom\.txt cannot be told from its name or beginning: give one of "spdx-json"/,
    },
  ],
  "a bill of materials of another format": [
    of("sbom", { file: "a.txt", format: "syft" }, about),
    { "content.sbom.format": /expected "spdx-json", .* but got "syft"/ },
  ],
  "an end of life that is no day": [
    of("endOfLife", { date: "2027-02-30" }, about),
    { "content.endOfLife.date": /"2027-02-30" is not a day of the form YYYY-MM-DD/ },
  ],
  "an end of life with a time": [
    of("endOfLife", { date: "2027-02-28T00:00:00Z" }, about),
    { "content.endOfLife.date": /is not a day of the form/ },
  ],
  "a bill of materials about nothing": [
    of("sbom", { file: "a.txt", format: "spdx" }),
    { subject: /it is required: a bill of materials is found by its subject: give that/ },
  ],
  "an end of life of nothing": [
    of("endOfLife", { date: "2027-02-28" }),
    { subject: /it is required: an end-of-life note is found by its subject/ },
  ],
  "a source whose revision was not set": [
    of("fluxSource", { path: "charts", source: "", revision: "" }),
    {
      "content.fluxSource.source": /expected a non-empty string, but got ""/,
      "content.fluxSource.revision": /expected a non-empty string, but got ""/,
    },
  ],
  "texts of a module that are empty": [
    of("bicepModule", { file: "kinds/module.json", description: "", documentationUri: "" }),
    {
      "content.bicepModule.description": /expected a non-empty string/,
      "content.bicepModule.documentationUri": /expected a non-empty string/,
    },
  ],
  "sources of a module that are no archive": [
    of("bicepModule", { file: "kinds/module.json", source: "a.txt" }),
    { "content.bicepModule.source": /^a\.txt is not compressed by gzip: give the archive/ },
  ],
  "texts of a component that are empty": [
    of("wasmComponent", { file: "kinds/future.wasm", author: "", target: "" }),
    {
      "content.wasmComponent.author": /expected a non-empty string/,
      "content.wasmComponent.target": /expected a non-empty string/,
    },
  ],
};
