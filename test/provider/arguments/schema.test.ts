import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as schema from "../../../provider/arguments/schema.js";
import { UNKNOWN } from "../../../provider/arguments/unknown.js";

const DIGEST = `sha256:${"0".repeat(64)}`;

const shape = schema.object({
  ...schema.HIDDEN,
  name: schema.text,
  flag: schema.flag.optional(),
  size: schema.size.optional(),
  digest: schema.digest.optional(),
  mode: schema.oneOf("on", "off").optional(),
  tags: schema.list(schema.tag).optional(),
  notes: schema.annotations.optional(),
  lock: schema.flagOr(schema.attributes, "an object of attributes").optional(),
  parts: schema.list(schema.object({ title: schema.text.optional() })).optional(),
  registry: schema.registry.optional(),
});

describe("the schema of inputs", () => {
  const right: readonly object[] = [
    {},
    { flag: false, size: 0, digest: DIGEST, mode: "on", tags: [], notes: {}, lock: true },
    { lock: { deleteEnabled: false }, parts: [{}, { title: "t" }], tags: ["v1"] },
    { registry: { loginServer: "a.azurecr.io", waitForAccess: 0, credential: "anonymous" } },
    { __urn: "urn:pulumi:…", __provider: "exports.handler = …" },
  ];
  for (const given of right) {
    it(`accepts ${JSON.stringify(given)}`, () => {
      assert.deepEqual(schema.validate(shape, { name: "n", ...given }), []);
    });
  }

  const places: readonly object[] = [
    ...["flag", "size", "digest", "mode", "tags", "notes", "lock", "parts", "registry"].map(
      (name) => ({ [name]: UNKNOWN }),
    ),
    { tags: ["v1", UNKNOWN] },
    { notes: { a: UNKNOWN } },
    { lock: { deleteEnabled: UNKNOWN } },
    { parts: [UNKNOWN, { title: UNKNOWN }] },
    { registry: { loginServer: UNKNOWN, password: UNKNOWN, waitForAccess: UNKNOWN } },
  ];
  for (const given of [{ name: UNKNOWN }, ...places]) {
    it(`accepts values that are not known yet: ${Object.keys(given).join()}`, () => {
      assert.deepEqual(schema.validate(shape, { name: "n", ...given }), []);
    });
  }

  const wrong: readonly (readonly [object, readonly string[]])[] = [
    [{ name: undefined }, ["name"]],
    [{ name: 1 }, ["name"]],
    [{ flag: "yes" }, ["flag"]],
    [{ size: -1 }, ["size"]],
    [{ size: 1.5 }, ["size"]],
    [{ digest: "sha256:0" }, ["digest"]],
    [{ mode: "maybe" }, ["mode"]],
    [{ tags: "v1" }, ["tags"]],
    [{ tags: ["v1", "a b", UNKNOWN, ""] }, ["tags[1]", "tags[3]"]],
    [{ notes: { "a.b/c": 1 } }, ['notes["a.b/c"]']],
    [{ lock: "true" }, ["lock"]],
    [{ lock: { deleted: true } }, ["lock.deleted"]],
    [{ parts: [{ title: "t" }, { titel: "t" }] }, ["parts[1].titel"]],
    [{ parts: [null] }, ["parts[0]"]],
    [{ registry: { loginServer: "http://a.azurecr.io" } }, ["registry.loginServer"]],
    [
      { registry: { credential: "magic", waitForAccess: -1 } },
      ["registry.credential", "registry.waitForAccess"],
    ],
    [{ registry: [] }, ["registry"]],
    [{ nmae: "n" }, ["nmae"]],
    [{ flag: 1, mode: 2 }, ["flag", "mode"]],
  ];
  for (const [given, properties] of wrong) {
    it(`refuses ${JSON.stringify(given)} at ${properties.join(" and ")}`, () => {
      const failures = schema.validate(shape, { name: "n", ...given });
      assert.deepEqual(
        failures.map(({ property }) => property),
        properties,
      );
      assert.ok(failures.every(({ reason }) => reason.length > 10));
    });
  }

  it("shows no secret of the wrong type", () => {
    const [failure] = schema.validate(shape, { name: "n", registry: { password: 4711 } });
    assert.equal(failure?.property, "registry.password");
    assert.doesNotMatch(failure.reason, /4711/);
  });

  it("never mentions the package's own properties", () => {
    const [failure] = schema.validate(shape, { name: "n", other: 1 });
    assert.doesNotMatch(failure?.reason ?? "", /__/);
  });
});
