import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime/stack";
import { afterEach, beforeEach, describe, it } from "mocha";
import { EngineStack } from "../support/engine.js";
import { failUnreached } from "../support/unreachedEngine.js";

describe("a program that does not reach the engine", function () {
  this.timeout(60_000);
  const sdk = runtime as { runInPulumiStack: typeof runtime.runInPulumiStack };
  const { runInPulumiStack } = sdk;
  let stack: EngineStack;

  beforeEach(async () => {
    stack = await EngineStack.create();
    stack.program = () => {
      new pulumi.ComponentResource("a:b:C", "thing");
      return Promise.resolve();
    };
  });
  afterEach(async () => {
    sdk.runInPulumiStack = runInPulumiStack;
    await stack.destroy();
    stack.remove();
  });

  /** The error that the SDK gets without a connection. */
  class ServiceError extends Error {
    readonly code = 14;
  }

  it("is run again, and the resources that it did not declare are kept", async () => {
    await stack.up();
    let failures = 1;
    sdk.runInPulumiStack = (program) => {
      failures -= 1;
      return failures < 0 ? runInPulumiStack(program) : Promise.reject(new ServiceError("14"));
    };
    failUnreached();
    const { operations } = await stack.up();
    assert.equal(failures, -1);
    assert.deepEqual(operations.get("thing"), ["same"]);
  });
});
