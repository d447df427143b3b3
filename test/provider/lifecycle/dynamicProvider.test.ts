import assert from "node:assert/strict";
import type { dynamic } from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { ConflictError, InputError } from "../../../provider/errors.js";
import { dynamicProvider } from "../../../provider/lifecycle/dynamicProvider.js";
import { PartialFailure } from "../../../provider/lifecycle/failures.js";
import { Host } from "../../../provider/lifecycle/host.js";
import type { Lifecycle } from "../../../provider/lifecycle/lifecycle.js";
import type { Operation } from "../../../provider/lifecycle/operation.js";

type Verb = keyof Lifecycle;
const VERBS: readonly Verb[] = ["check", "diff", "create", "read", "update", "delete"];
const PROVIDER = "exports.handler = …";
const STATE = { repository: "a/b", __provider: PROVIDER };

/** A lifecycle with the same result for every verb. */
function lifecycle(answer: () => unknown): Lifecycle {
  const verb = (): Promise<never> => new Promise((resolve) => resolve(answer() as never));
  return {
    check: verb,
    diff: answer as never,
    create: verb,
    read: verb,
    update: verb,
    delete: verb,
  };
}

function provider(of: Lifecycle): Required<dynamic.ResourceProvider> {
  const host = new Host({ environment: () => undefined, sendLog: () => undefined, directory: "." });
  return dynamicProvider("Thing", of, host) as Required<dynamic.ResourceProvider>;
}

function call(of: Lifecycle, verb: Verb): Promise<unknown> {
  const made = provider(of);
  const calls: Readonly<Record<Verb, () => Promise<unknown>>> = {
    check: () => made.check({}, STATE),
    diff: () => made.diff("id", STATE, STATE),
    create: () => made.create(STATE),
    read: () => made.read("id", STATE),
    update: () => made.update("id", STATE, STATE),
    delete: () => made.delete("id", STATE),
  };
  return calls[verb]();
}

function failing(thrown: unknown): Lifecycle {
  return lifecycle(() => {
    throw thrown;
  });
}

async function failureOf(of: Lifecycle, verb: Verb): Promise<Error> {
  const error: unknown = await call(of, verb).then(
    () => assert.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return error;
}

describe("an error that leaves the provider", () => {
  const foreign = Object.assign(new Error("half-made"), {
    id: "some-id",
    properties: { password: "hush" },
    reasons: ["because"],
  });
  const thrown: readonly (readonly [string, unknown, string])[] = [
    ["one of ours", new ConflictError("a:b", "a:b was moved"), "a:b was moved [CONFLICT]"],
    ["one about an input", new InputError("id", "is not an id"), "is not an id [INPUT_INVALID]"],
    ["a foreign one", new TypeError("x is not a function"), "x is not a function"],
    ["a foreign one with an id", foreign, "half-made"],
    ["a text", "broken", "broken"],
    ["undefined, which would make the engine wait forever", undefined, "undefined"],
    ["null", null, "null"],
    ["an object", { id: "some-id" }, "[object Object]"],
  ];
  for (const [what, error, message] of thrown) {
    for (const verb of VERBS) {
      it(`of ${verb}: ${what}`, async () => {
        const outward = await failureOf(failing(error), verb);
        assert.equal(outward.message, message);
        // The host takes an error with an `id` for a partly created resource.
        assert.deepEqual(
          ["id", "properties", "reasons"].filter((key) => key in outward),
          [],
        );
        // The host prints both again next to the message.
        assert.ok(!outward.stack?.includes("\n"), outward.stack);
        assert.equal(String(outward), `${verb} of Thing failed`);
      });
    }
  }

  for (const verb of ["create", "update"] as const) {
    it(`of ${verb}: a partial failure passes, complete`, async () => {
      const partial = new PartialFailure("id", { repository: "a/b", lock: undefined }, foreign);
      const outward = await failureOf(failing(partial), verb);
      assert.equal(outward, partial);
      assert.deepEqual([partial.id, partial.reasons], ["id", ["half-made"]]);
      // Without the provider's text the resource could never be read or deleted again.
      assert.deepEqual(partial.properties, { repository: "a/b", __provider: PROVIDER });
    });
  }
});

describe("an answer that leaves the provider", () => {
  const rows: readonly (readonly [Verb, unknown, unknown])[] = [
    [
      "check",
      { inputs: { a: undefined, b: { c: undefined } }, failures: [] },
      { inputs: { b: {} }, failures: [] },
    ],
    ["diff", { changes: undefined, replaces: ["a"] }, { changes: undefined, replaces: ["a"] }],
    [
      "create",
      { id: "id", outs: { a: undefined, b: [{ c: undefined }] } },
      { id: "id", outs: { b: [{}] } },
    ],
    ["update", { a: undefined, b: 1 }, { outs: { b: 1 } }],
    [
      "read",
      { id: "id", outs: { a: undefined }, inputs: { b: undefined } },
      { id: "id", props: {}, inputs: {} },
    ],
    ["read", undefined, { id: "", props: {} }],
    ["delete", undefined, undefined],
  ];
  for (const [verb, answer, expected] of rows) {
    it(`of ${verb} holds nothing undefined: ${JSON.stringify(answer)}`, async () => {
      assert.deepEqual(
        await call(
          lifecycle(() => answer),
          verb,
        ),
        expected,
      );
    });
  }
});

describe("what a verb may use", () => {
  for (const verb of VERBS) {
    it(`of ${verb} is its last argument`, async () => {
      const given: unknown[] = [];
      const record = (...args: unknown[]): unknown => {
        given.push(args.at(-1));
        return verb === "diff" ? { changes: false, replaces: [] } : { inputs: {}, failures: [] };
      };
      await call({ ...lifecycle(() => undefined), [verb]: record }, verb);
      const [operation] = given as readonly Operation[];
      assert.ok(operation?.signal instanceof AbortSignal);
      assert.equal(typeof operation.log.info, "function");
    });
  }
});

describe("the stack's configuration", () => {
  it("is there for the first verb, though the host does not wait for configure", () => {
    const host = new Host({
      environment: () => undefined,
      sendLog: () => undefined,
      directory: ".",
    });
    const values: Readonly<Record<string, string>> = { "acr:loginServer": "a.azurecr.io" };
    const made = dynamicProvider(
      "Thing",
      lifecycle(() => undefined),
      host,
    );
    const config = {
      get: (key: string) => values[key],
      require: (key: string) => values[key] ?? "",
    };
    void made.configure?.({ config });
    assert.equal(host.settle({}).endpoint.loginServer, "a.azurecr.io");
  });
});
