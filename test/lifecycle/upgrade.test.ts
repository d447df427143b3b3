import assert from "node:assert/strict";
import type { Deployment } from "@pulumi/pulumi/automation";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { engineProgram, LOGIN_SERVER, miniProgram, NAMES } from "../fixtures/programs.js";
import { checkout, type RecordedState, recordedStates } from "../fixtures/states.js";
import { EngineStack, environmentFor } from "../support/engine.js";
import { MiniEngine, type ResourceState } from "../support/miniEngine.js";
import { requestsTo } from "../support/requests.js";

describe("the state of an earlier version shows no changes:", function () {
  this.timeout(60_000);
  /** It contains nothing of the states, so a request to it would show a change. */
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.close());
  beforeEach(() => emulator.journal.clear());

  /** Only a policy makes a request, to find what has expired. */
  const asked = (names: ReadonlySet<string>): void => {
    assert.deepEqual(requestsTo(emulator), names.has("policy") ? ["GET manifests"] : []);
  };

  for (const recorded of recordedStates("mini")) {
    it(`${recorded.version}, in the mini engine`, async () => {
      const environment = environmentFor(emulator);
      const engine = new MiniEngine({ environment, directory: checkout() });
      engine.state = inRegistry(recorded, emulator) as readonly ResourceState[];
      const names = new Set(engine.state.map(({ name }) => name));
      const { operations, changes } = await engine.preview(miniProgram(names));
      const expected = Object.fromEntries([...names].map((name) => [name, "same"]));
      assert.deepEqual(operations, expected, differences(changes));
      asked(names);
    });
  }

  describe("on the real engine", () => {
    let stack: EngineStack;
    beforeEach(async () => {
      stack = await EngineStack.create({ environment: environmentFor(emulator) });
    });
    afterEach(() => stack.remove());

    for (const recorded of recordedStates("engine")) {
      it(recorded.version, async () => {
        const state = inRegistry(recorded, emulator);
        await stack.stack.importStack(state as Deployment);
        const names = namesIn(state as EngineState);
        stack.program = () => engineProgram(names);
        const { operations } = await stack.preview({ expectNoChanges: true });
        for (const name of names) assert.deepEqual(operations.get(name), ["same"], name);
        asked(names);
      });
    }
  });

  it("for every kind of resource, in both engines", () => {
    const mini = recordedStates("mini").flatMap(({ state }) =>
      (state as readonly ResourceState[]).map(({ name }) => name),
    );
    const engine = recordedStates("engine").flatMap(({ state }) => [
      ...namesIn(state as EngineState),
    ]);
    for (const names of [mini, engine]) {
      assert.deepEqual([...new Set(names)].sort(), [...NAMES].sort());
    }
  });
});

/** The state with the recorded registry replaced by this run's. */
function inRegistry({ state }: RecordedState, emulator: Emulator): unknown {
  const settings = `"loginServer":"${LOGIN_SERVER}"`;
  const text = JSON.stringify(state).replaceAll(settings, `"loginServer":"${emulator.url}"`);
  return JSON.parse(text.replaceAll(LOGIN_SERVER, emulator.loginServer));
}

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
