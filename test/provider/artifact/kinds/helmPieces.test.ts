import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  chartAnnotations,
  chartConfigJson,
} from "../../../../provider/artifact/kinds/helm/chartConfig.js";
import { parseChartMetadata } from "../../../../provider/artifact/kinds/helm/chartMetadata.js";
import { goFloat } from "../../../../provider/artifact/kinds/helm/goFloat.js";
import { HelmIgnore } from "../../../../provider/artifact/kinds/helm/helmIgnore.js";

const NAMES = { shownPath: "Chart.yaml", property: "content.helmChart.path" };
const parse = (more: string) =>
  parseChartMetadata(`apiVersion: v2\nname: web\nversion: 1.0.0\n${more}`, NAMES);

describe("goFloat writes what Go's strconv.FormatFloat(…, 'g', -1, 32) writes for", () => {
  const rows: readonly (readonly [number, string])[] = [
    [1.1, "1.1"],
    [0.5, "0.5"],
    [1.23456789, "1.2345679"],
    [100000.5, "100000.5"],
    [1000000.5, "1.0000005e+06"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-2.5, "-2.5"],
    [1e30, "1e+30"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NaN, "NaN"],
  ];
  for (const [value, text] of rows) it(text, () => assert.equal(goFloat(value), text));
});

describe("a .helmignore", () => {
  /** The ignore file, a path in the chart, whether it is a folder, and whether it is packed. */
  const rows: readonly (readonly [string, string, boolean, boolean])[] = [
    ["", "values.yaml", false, true],
    ["", "templates/.hidden", false, false],
    ["", "templates/deeper/.hidden", false, true],
    ["", "charts/_draft", true, false],
    ["", "charts/.gitkeep", false, false],
    ["", "charts/base/charts/_draft", true, false],
    ["", "charts/base", true, true],
    ["*.bak\n", "a.bak", false, false],
    ["*.bak\n", "deep/a.bak", false, false],
    ["*.bak", "a.bak.txt", false, true],
    ["docs/", "docs", true, false],
    ["docs/", "docs", false, true],
    ["docs/", "deep/docs", true, false],
    ["/docs", "docs", true, false],
    ["/docs", "deep/docs", true, true],
    ["deep/*.md", "deep/a.md", false, false],
    ["deep/*.md", "deep/er/a.md", false, true],
    ["deep/*.md", "a/deep/a.md", false, true],
    ["# *.yaml", "a.yaml", false, true],
    ["  *.bak  \r\n", "a.bak", false, false],
    ["?.txt", "a.txt", false, false],
    ["?.txt", "ab.txt", false, true],
    ["[a-c].txt", "b.txt", false, false],
    ["[^a-c].txt", "b.txt", false, true],
    ["\\*.txt", "*.txt", false, false],
    ["\\*.txt", "a.txt", false, true],
    // Peculiar to Helm: a negated rule leaves out whatever it does not match.
    ["!*.yaml", "a.txt", false, false],
    ["!*.yaml", "a.yaml", false, true],
  ];
  for (const [text, path, isDirectory, packed] of rows) {
    it(`${JSON.stringify(text)} ${packed ? "leaves" : "takes away"} ${path}${isDirectory ? "/" : ""}`, () => {
      const verdict = new HelmIgnore(text, NAMES).decide(path, isDirectory);
      assert.equal(verdict, packed ? "take" : "skip");
    });
  }

  it("is not slow on a pattern of many stars", () => {
    const ignore = new HelmIgnore(`${"*a".repeat(40)}*b`, NAMES);
    assert.equal(ignore.decide("a".repeat(5000), false), "take");
  });
});

describe("Chart.yaml", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["nothing more", ""],
    ["appVersion: 1.10", ',"appVersion":"1.1"'],
    ['appVersion: "1.10"', ',"appVersion":"1.10"'],
    ["appVersion: 123456789012345678901", ',"appVersion":"123456789012345678901"'],
    ["appVersion: true", ',"appVersion":"true"'],
    ["appVersion: 2024-01-02", ',"appVersion":"2024-01-02"'],
    ["appVersion: ~", ""],
    ["deprecated: false", ""],
    ["deprecated: true", ',"deprecated":true'],
    ["keywords: []", ""],
    ["somethingElse: [1, {}]", ""],
    [
      "annotations: { b: x, '10': 1, a: <&> }",
      ',"annotations":{"10":"1","a":"\\u003c\\u0026\\u003e","b":"x"}',
    ],
    ["icon: &u https://example.com\nhome: *u", "both"],
  ];
  for (const [yaml, written] of rows) {
    it(yaml, () => {
      const text = yaml === "nothing more" ? "" : yaml;
      const json = chartConfigJson(parse(text));
      if (written === "both") {
        assert.match(json, /"home":"https:\/\/example\.com".*"icon":"https:\/\/example\.com"/);
      } else {
        const [before, after] = json.split('"apiVersion":"v2"');
        assert.equal(before, '{"name":"web","version":"1.0.0",'.replace('"keywords"', ""));
        assert.equal(after, `${written}}`);
      }
    });
  }

  it("keeps the lines of a block scalar", () => {
    const { description } = parse("description: >-\n  one\n  two\n");
    assert.equal(description, "one two");
  });

  const authors: readonly (readonly [string, string | undefined])[] = [
    ["[]", undefined],
    ["[{ name: One }]", "One"],
    ["[{ name: One, email: a@b }, { email: c@d }]", "One (a@b),  (c@d)"],
  ];
  for (const [maintainers, expected] of authors) {
    it(`the authors of ${maintainers}`, () => {
      const annotations = chartAnnotations(parse(`maintainers: ${maintainers}`));
      assert.equal(annotations["org.opencontainers.image.authors"], expected);
    });
  }

  const faults: readonly (readonly [string, RegExp])[] = [
    ["name: other", /Map keys must be unique/],
    ["kubeVersion: [1]", /its kubeVersion is not a text/],
    ["deprecated: yes", /its deprecated is not true or false/],
    ["keywords: web", /its keywords is not a list of strings/],
    ["annotations: { a: [] }", /its annotations is not strings by name/],
    ["dependencies: [{ name: a, alias: 'b c' }]", /the alias "b c" of a dependency/],
    [
      "dependencies: [{ name: a }, { name: b, alias: a }]",
      /two dependencies with the name or alias "a"/,
    ],
    ["icon: *nothing", /its aliases cannot be resolved/],
  ];
  for (const [yaml, message] of faults) {
    it(`refuses ${yaml}`, () => {
      assert.throws(() => parse(yaml), { property: "content.helmChart.path", message });
    });
  }

  const versions: readonly (readonly [string, boolean])[] = [
    ["1.2.3", true],
    ["v1.2.3", true],
    ["1.2", true],
    ["1.2.3-rc.1+build.5", true],
    ["1.2.3.4", false],
    ["1.2.3-", false],
    ["latest", false],
  ];
  it("refuses a version that no tag can hold", () => {
    const text = `apiVersion: v2\nname: web\nversion: 1.0.0-${"a".repeat(130)}\n`;
    assert.throws(
      () => parseChartMetadata(text, NAMES),
      /has 136 characters, but a tag has at most 128/,
    );
  });
  for (const [version, accepted] of versions) {
    it(`${accepted ? "takes" : "refuses"} the version ${version}`, () => {
      const text = `apiVersion: v2\nname: web\nversion: ${version}\n`;
      const read = (): unknown => parseChartMetadata(text, NAMES);
      if (accepted) read();
      else assert.throws(read, /is not a SemVer 2 version/);
    });
  }
});
