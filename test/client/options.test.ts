import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InputError } from "../../provider/errors.js";
import { RegistryClient, type RegistryClientOptions } from "../../provider/registry/index.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";

const make = (options: object): RegistryClient =>
  new RegistryClient("r.example", options as RegistryClientOptions);

/** The property that the error names, and its message. */
function refuses(property: string, message: RegExp, options: object): void {
  assert.throws(
    () => make(options),
    (error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.property, property);
      assert.match(error.message, message);
      return true;
    },
  );
}

describe("options of a client", () => {
  const numbers: readonly (readonly [string, RegExp, readonly unknown[]])[] = [
    ["maxConcurrency", /a whole number of requests, at least 1/, [0, -1, 1.5, NaN, Infinity, "4"]],
    ["idleTimeoutMs", /milliseconds, at least 1 and at most 2147483647/, [0, -1, NaN, 2 ** 31]],
    ["idleTimeoutMs", /not Infinity/, [Infinity]],
    ["requestsPerMinute", /a number of requests, more than 0/, [0, -1, NaN, -Infinity, "5", null]],
    ["waitForAccess", /a number of seconds, at least 0/, [-1, NaN, -Infinity, "5"]],
    ["chunkSize", /a whole number of bytes/, [0, -1, 1.5, NaN, Infinity, "5"]],
    ["retry.maxRetries", /a whole number of attempts, at least 0/, [-1, 0.5, NaN, "3"]],
    ["retry.baseDelayMs", /milliseconds, at least 0/, [-1, NaN, 2 ** 31, Infinity]],
    ["retry.maxDelayMs", /milliseconds, at least 0/, [-1, NaN, 2 ** 31, Infinity]],
    ["retry.budgetMs", /milliseconds, at least 0, or Infinity for no limit/, [-1, NaN]],
  ];
  for (const [name, message, values] of numbers) {
    for (const value of values) {
      it(`${name} cannot be ${String(value)} (${typeof value})`, () => {
        const [first = "", second] = name.split(".");
        refuses(name, message, { [first]: second === undefined ? value : { [second]: value } });
      });
    }
  }

  for (const userAgent of ["a\r\nb", "größer"]) {
    it(`userAgent cannot be ${JSON.stringify(userAgent)}`, () => {
      refuses("userAgent", /expected ASCII/, { userAgent });
    });
  }

  const password = "PASSWORD-CANARY";
  const credentials: readonly (readonly [string, unknown, RegExp])[] = [
    ["null", null, /expected one of anonymous, token, docker-config/],
    ["nothing", {}, /expected one of/],
    ["of an unknown kind", { kind: "tokne", password }, /expected one of/],
    ["of the kind constructor", { kind: "constructor" }, /expected one of/],
    ["a token without a name", { kind: "token", password }, /needs username and password/],
    ["a token without a password", { kind: "token", username: "a" }, /needs username and password/],
    ["entra without an object", { kind: "entra" }, /needs credential, an object with getToken/],
    ["entra with another object", { kind: "entra", credential: {} }, /with getToken/],
  ];
  for (const [name, credential, message] of credentials) {
    it(`refuses the credential ${name} without showing its values`, () => {
      assert.throws(
        () => make({ credential }),
        (error) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, message);
          assert.ok(!error.message.includes(password));
          return true;
        },
      );
    });
  }

  for (const loginServer of [undefined, null, 5]) {
    it(`a login server cannot be ${loginServer}`, () => {
      assert.throws(() => new RegistryClient(loginServer as unknown as string), {
        code: "INPUT_INVALID",
      });
    });
  }
});

describe("options that are undefined", () => {
  const subject = emulatorForSuite();

  it("count as missing", async () => {
    const retry = { maxRetries: undefined, baseDelayMs: 1, maxDelayMs: undefined } as object;
    const fault = subject.emulator.faults.add({
      path: /manifests/,
      action: { type: "status", status: 503 },
    });
    const client = subject.client({ retry, ...({ maxConcurrency: undefined } as object) });
    await client.repository("a").manifests.resolve("v1");
    assert.equal(fault.hits, 1);
    // Retried, as by default.
    assert.equal(subject.methods, "HEAD HEAD");
  });
});
