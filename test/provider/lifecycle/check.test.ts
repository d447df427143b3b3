import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { provider } from "../../../provider/index.js";
import { shownFailure } from "../../../provider/lifecycle/failures.js";
import { Host } from "../../../provider/lifecycle/host.js";
import { KINDS, lifecycleOf } from "../../../provider/lifecycle/kinds.js";
import type { CheckResult, PropertyBag } from "../../../provider/lifecycle/lifecycle.js";
import { UNKNOWN } from "../../../provider/arguments/unknown.js";
import { urnOf } from "../../support/miniEngine.js";
import {
  MANIFEST_PROPERTIES_ROWS,
  REPOSITORY_PROPERTIES_ROWS,
  TAG_LOCK_ROWS,
} from "./check/attributeRows.js";
import { CONTENT_ROWS } from "./check/contentRows.js";
import { AwkwardFolder } from "./check/awkwardFolder.js";
import { OCI_INDEX_ROWS } from "./check/indexRows.js";
import { REFERENCE_ROWS } from "./check/referenceRows.js";
import { NAME_ROWS } from "./check/nameRows.js";
import { REGISTRY_ROWS } from "./check/registryRows.js";
import { RETENTION_ROWS } from "./check/retentionRows.js";
import { ARTIFACT_TAG_ROWS } from "./check/tagRows.js";
import { ARTIFACT_COPY_ROWS } from "./check/copyRows.js";
import type { Row } from "./check/row.js";
import { SOURCE_ROWS } from "./check/sourceRows.js";

describe("check", () => {
  let emulator: Emulator;
  let folder: AwkwardFolder;
  before(async () => {
    emulator = await startEmulator();
    folder = new AwkwardFolder();
  });
  after(async () => {
    folder.remove();
    await emulator.close();
  });

  const environment = (): Record<string, string> => ({
    ACR_LOGIN_SERVER: emulator.url,
    ACR_USERNAME: emulator.credentials.username,
    ACR_PASSWORD: emulator.credentials.password,
  });
  const hostWith = (variables: Record<string, string>): Host =>
    new Host({
      environment: (name) => variables[name],
      sendLog: () => undefined,
      directory: folder.path,
    });
  const check = (
    inputs: PropertyBag,
    { kind = "OciArtifact", host = hostWith(environment()), name = "one" } = {},
  ): Promise<CheckResult> => {
    const lifecycle = lifecycleOf(kind)?.(host);
    assert.ok(lifecycle);
    const news = { ...inputs, __provider: "text", __urn: urnOf("OciArtifact", name) };
    return host.run(news, (operation) => lifecycle.check({}, news, operation));
  };

  const tables = {
    OciArtifact: { ...NAME_ROWS, ...SOURCE_ROWS, ...CONTENT_ROWS, ...REGISTRY_ROWS },
    OciIndex: OCI_INDEX_ROWS,
    ArtifactCopy: ARTIFACT_COPY_ROWS,
    ArtifactTag: ARTIFACT_TAG_ROWS,
    TagLock: TAG_LOCK_ROWS,
    ManifestProperties: MANIFEST_PROPERTIES_ROWS,
    RepositoryProperties: REPOSITORY_PROPERTIES_ROWS,
    RetentionPolicy: RETENTION_ROWS,
  };
  for (const [kind, rows] of Object.entries(tables)) {
    describe(`refuses in ${kind}`, () => {
      for (const [name, row] of Object.entries(rows)) {
        it(name, async () => expectFailures(row, await check(row[0], { kind })));
      }
    });
  }

  describe("refuses a repository that begins with its registry in", () => {
    assert.deepEqual(Object.keys(REFERENCE_ROWS), Object.keys(KINDS));
    for (const [kind, row] of Object.entries(REFERENCE_ROWS)) {
      it(kind, async () => expectFailures(row, await check(row[0], { kind })));
    }
  });

  /** Expects these failures, no others and no request. */
  function expectFailures([, expected]: Row, { failures }: CheckResult): void {
    const found = new Map(failures.map(({ property, reason }) => [property, reason]));
    for (const [property, message] of Object.entries(expected)) {
      assert.match(found.get(property) ?? `nothing at ${property}`, message);
    }
    assert.equal(failures.length, Object.keys(expected).length, JSON.stringify(failures));
    for (const { reason } of failures) {
      assert.doesNotMatch(reason, /undefined|\[object|Invalid input|hush|4711/);
    }
    assert.deepEqual(emulator.journal.entries, []);
  }

  describe("finds the login server, or says where it looked", () => {
    const artifact = { repository: "r", artifactType: "a/b" };
    const rows: [string, Record<string, string>, Record<string, string>, RegExp][] = [
      ["nowhere", {}, {}, /give `registry: .*pulumi config set acr:loginServer .*ACR_LOGIN_SERVER/],
      ["empty places", { "acr:loginServer": "" }, { ACR_LOGIN_SERVER: "" }, /^no login server/],
      [
        "a wrong one in the configuration",
        { "acr:loginServer": "http://example.com" },
        {},
        /^in the stack's configuration acr:loginServer: "http:\/\/example\.com" is plain http/,
      ],
      [
        "a wrong one in the environment",
        {},
        { ACR_LOGIN_SERVER: "a/b" },
        /^in the environment variable ACR_LOGIN_SERVER: "a\/b" is not a login server/,
      ],
    ];
    for (const [name, configuration, variables, message] of rows) {
      it(name, async () => {
        const host = hostWith(variables);
        host.configure((key) => configuration[key]);
        const result = await check(artifact, { host });
        expectFailures([artifact, { "registry.loginServer": message }], result);
      });
    }

    it("passes over a place that names no login server at all", async () => {
      const host = hostWith({ ACR_LOGIN_SERVER: "not a name", ACR_PASSWORD: "hush" });
      const given = { ...artifact, registry: { loginServer: "x.azurecr.io" } };
      assert.deepEqual((await check(given, { host })).failures, []);
    });
  });

  describe("leaves open what needs an unknown value, and nothing else", () => {
    const artifact = {
      repository: "charts/web",
      artifactType: "a/b",
      layers: [{ file: "a.txt" }, { directory: "charts" }],
    };
    const file = { file: "a.txt" };
    const ALL = ["digest", "size", "reference"];
    const rows: Record<string, [PropertyBag, string[]]> = {
      "the repository": [{ repository: UNKNOWN }, ["reference"]],
      "the login server": [{ registry: { loginServer: UNKNOWN } }, ["reference"]],
      "the registry": [{ registry: UNKNOWN }, ["reference"]],
      "the password": [{ registry: { username: "me", password: UNKNOWN } }, []],
      "the credential": [{ registry: { credential: UNKNOWN, waitForAccess: UNKNOWN } }, []],
      tags: [{ tags: UNKNOWN }, []],
      "one tag": [{ tags: ["v1", UNKNOWN, UNKNOWN] }, []],
      "the lock": [{ lock: UNKNOWN }, []],
      "one attribute": [{ lock: { writeEnabled: UNKNOWN } }, []],
      policies: [
        { verify: UNKNOWN, onDelete: UNKNOWN, onReplace: UNKNOWN, onTagConflict: UNKNOWN },
        [],
      ],
      "the type": [{ artifactType: UNKNOWN }, ALL],
      "one annotation": [{ annotations: { a: UNKNOWN } }, ALL],
      "the subject": [{ subject: { mediaType: UNKNOWN, digest: UNKNOWN, size: UNKNOWN } }, ALL],
      "the config": [{ config: UNKNOWN }, [...ALL, "configDescriptor"]],
      "the config's content": [
        { config: { mediaType: "a/b", content: UNKNOWN } },
        [...ALL, "configDescriptor"],
      ],
      layers: [{ layers: UNKNOWN }, [...ALL, "layerDescriptors"]],
      "one layer": [{ layers: [file, UNKNOWN] }, [...ALL, "layerDescriptors[1]"]],
      "a layer's path": [{ layers: [{ file: UNKNOWN }, file] }, [...ALL, "layerDescriptors[0]"]],
      "a layer's pattern": [
        { layers: [file, { directory: "charts", exclude: [UNKNOWN] }] },
        [...ALL, "layerDescriptors[1]"],
      ],
    };
    for (const [name, [given, open]] of Object.entries(rows)) {
      it(name, async () => {
        const { inputs, failures } = await check({ ...artifact, ...given });
        assert.deepEqual(failures, []);
        const derived = Object.entries(inputs).flatMap(([key, value]) =>
          key === "layerDescriptors" && Array.isArray(value)
            ? value.map((one: unknown, index): [string, unknown] => [`${key}[${index}]`, one])
            : [[key, value] as [string, unknown]],
        );
        const unknown = derived.flatMap(([key, value]) =>
          value === UNKNOWN && !(key in given) ? [key] : [],
        );
        assert.deepEqual(unknown.sort(), [...open].sort());
      });
    }

    it("still says what is wrong with the rest", async () => {
      const given = { ...artifact, artifactType: UNKNOWN, layers: [{ file: "nope" }, UNKNOWN] };
      expectFailures([given, { "layers[0].file": /nope does not exist/ }], await check(given));
      const tagged = { ...artifact, layers: UNKNOWN, tags: ["a b"] };
      expectFailures([tagged, { "tags[0]": /is not a tag/ }], await check(tagged));
    });

    for (const kind of ["TagLock", "ManifestProperties"]) {
      it(`${kind} is all open`, async () => {
        const subject = kind === "TagLock" ? { tag: UNKNOWN, lockManifest: UNKNOWN } : {};
        const given = { ...subject, repository: UNKNOWN, digest: UNKNOWN, writeEnabled: UNKNOWN };
        const { failures } = await check({ ...given, registry: UNKNOWN }, { kind });
        assert.deepEqual(failures, []);
      });
    }
  });

  describe("two resources that declare one tag", () => {
    const declared = { repository: "r", artifactType: "a/b", tags: ["v1", "latest"] };
    it("for other content are told of each other", async () => {
      const host = hostWith(environment());
      await check(declared, { host, name: "one" });
      const other = { ...declared, artifactType: "a/c", tags: ["v2", "latest"] };
      const result = await check(other, { host, name: "two" });
      const message =
        /127\.0\.0\.1:\d+\/r:latest is declared by urn:pulumi:.*::one too, for other content/;
      expectFailures([other, { "tags[1]": message }], result);
    });
    it("for the same content, too: the one that drops it would take it from the other", async () => {
      const host = hostWith(environment());
      await check(declared, { host, name: "one" });
      const message = /:v1 is declared by urn:pulumi:.*::one too$/;
      const latest = /:latest is declared by urn:pulumi:.*::one too$/;
      const result = await check(declared, { host, name: "two" });
      expectFailures([declared, { "tags[0]": message, "tags[1]": latest }], result);
    });
    it("elsewhere do not matter to each other", async () => {
      const host = hostWith(environment());
      await check(declared, { host, name: "one" });
      const elsewhere = { ...declared, repository: "s", artifactType: "a/c" };
      assert.deepEqual((await check(elsewhere, { host, name: "three" })).failures, []);
    });
  });
});

describe("what the engine is told of a failure", () => {
  const rows: [string, string, unknown, string, string][] = [
    ["a path whose value the reason shows", "repository", "Web", '"Web" is wrong', "repository"],
    ["a path below the top", "layers[0].file", undefined, "nope does not exist", ""],
    ["a list, which may hold secrets", "layers", [{ content: "hush" }], "too large", ""],
    ["a value of a misspelt name", "password", "hush", 'there is no property "password"', ""],
    ["a missing value", "repository", undefined, "it is required", ""],
  ];
  for (const [name, property, value, reason, told] of rows) {
    it(name, () => {
      const shown = shownFailure({ property, reason }, { [property]: value });
      assert.equal(shown.property, told);
      assert.equal(shown.reason, told === "" ? `${property}: ${reason}` : reason);
    });
  }

  it("holds no secret of the registry", async () => {
    const { check } = provider("OciArtifact", 1);
    assert.ok(check);
    const registry = { username: "me", password: "hush", credental: "token" };
    const given = { repository: "r", artifactType: "a/b", registry };
    const [failure, ...others] = (await check({}, given)).failures ?? [];
    assert.deepEqual([failure?.property, others], ["", []]);
    assert.match(failure?.reason ?? "", /^registry\.credental: .* did you mean "credential"\?/);
  });
});
