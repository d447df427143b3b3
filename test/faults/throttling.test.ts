import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { environmentFor } from "../support/engine.js";
import { type Bag, MiniEngine, urnOf } from "../support/miniEngine.js";
import { ProviderHost } from "../support/miniEngine/providerHost.js";
import { registeredInputs } from "../support/miniEngine/resourceState.js";
import { hastyClock } from "./hastyClock.js";

const RESOURCES = 200;
/** A minute takes six tenths of a second, for the registry and for its client. */
const SPEED = 100;
/** Requests at the same time, which are refused together when the storm begins. */
const AT_ONCE = 16;

function inputsOf(index: number): Bag {
  return registeredInputs(
    {
      name: `app${index}`,
      kind: "OciArtifact",
      inputs: {
        repository: `team/app${index % 10}`,
        artifactType: "application/vnd.example",
        layers: [{ content: `content ${index}` }],
        tags: [`v${index}`],
      },
    },
    () => ({}),
  );
}

describe("a registry that refuses with 429", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  afterEach(() => emulator.close());

  it(`for a minute: ${RESOURCES} resources wait once, together, and are all published`, async () => {
    const clock = hastyClock(SPEED);
    emulator = await startEmulator({ now: () => clock.now() });
    const host = new ProviderHost({
      environment: environmentFor(emulator),
      configuration: {},
      directory: process.cwd(),
      manners: { clock, idleTimeoutMs: 500_000 },
    });
    const create = async (index: number): Promise<unknown> => {
      const { inputs, failures } = await host.check("OciArtifact", {}, inputsOf(index));
      assert.deepEqual(failures, [], urnOf("OciArtifact", `app${index}`));
      return host.create("OciArtifact", inputs);
    };
    emulator.faults.add({ nth: 150, action: { type: "throttle", seconds: 60 } });
    await Promise.all(Array.from({ length: RESOURCES }, (_, index) => create(index)));
    host.close();

    const { entries } = emulator.journal;
    const refused = entries.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 1, "the storm met somebody");
    // Requests under way are refused; then one probes whether the storm is over, perhaps too early.
    assert.ok(refused.length <= AT_ONCE + 2, `${refused.length} requests were refused`);
    const puts = entries.filter(({ method, path, status }) => {
      return status === 201 && method === "PUT" && /\/manifests\/v\d+$/.test(path);
    });
    assert.equal(puts.length, RESOURCES, "each tag is put once");
  });

  it("for a day: fails at once and says so", async () => {
    emulator = await startEmulator();
    const headers = { "retry-after": "86400" };
    const action = { type: "status", status: 429, headers } as const;
    emulator.faults.add({ times: Infinity, action });
    const engine = new MiniEngine({ environment: environmentFor(emulator) });
    const { name, kind } = { name: "app0", kind: "OciArtifact" } as const;
    await assert.rejects(engine.up([{ name, kind, inputs: inputsOf(0) }]), ({ message }: Error) => {
      assert.match(message, /answered 429.*asks to wait 86400 seconds.*try again later/);
      assert.match(message, /\[THROTTLED\]$/);
      return true;
    });
    assert.equal(emulator.journal.entries.length, 1, "it is not asked again");
  });
});
