import assert from "node:assert/strict";
import type { Deployment } from "@pulumi/pulumi/automation";
import { describe, it } from "mocha";
import { engineProgram, LOGIN_SERVER, miniProgram } from "../fixtures/programs.js";
import { checkout, recordedStates } from "../fixtures/states.js";
import { EngineStack } from "../support/engine.js";
import { MiniEngine, type ResourceState } from "../support/miniEngine.js";

/** A registry that does not exist: whoever asks it fails. */
const environment = { ACR_LOGIN_SERVER: LOGIN_SERVER, ACR_CREDENTIAL: "anonymous" };

describe("a state that an earlier version left has no changes:", function () {
  this.timeout(60_000);

  for (const { version, state } of recordedStates("mini")) {
    it(`${version}, in the mini engine`, async () => {
      const engine = new MiniEngine({ environment, directory: checkout() });
      engine.state = state as readonly ResourceState[];
      const names = new Set(engine.state.map(({ name }) => name));
      const { operations, changes } = await engine.preview(miniProgram(names));
      const expected = Object.fromEntries([...names].map((name) => [name, "same"]));
      assert.deepEqual(operations, expected, differences(changes));
    });
  }

  for (const { version, state } of recordedStates("engine")) {
    it(`${version}, on the real engine`, async () => {
      const stack = await EngineStack.create({ environment });
      try {
        await stack.stack.importStack(state as Deployment);
        const names = namesIn(state as EngineState);
        stack.program = () => engineProgram(names);
        const { operations } = await stack.preview({ expectNoChanges: true });
        for (const name of names) assert.deepEqual(operations.get(name), ["same"], name);
      } finally {
        stack.remove();
      }
    });
  }
});

interface EngineState {
  readonly deployment: {
    readonly resources: readonly { readonly urn: string; readonly type: string }[];
  };
}

function namesIn({ deployment }: EngineState): ReadonlySet<string> {
  const ours = deployment.resources.filter(({ type }) => type.includes(":dynamic/acr:"));
  return new Set(ours.map(({ urn }) => urn.split("::").at(-1) ?? ""));
}

function differences(changes: Readonly<Record<string, readonly string[]>>): string {
  return `what differs: ${JSON.stringify(changes)}`;
}
