import assert from "node:assert/strict";
import { requestsTo } from "../../support/requests.js";
import { declaredLocks, declaredTags, manifestOf } from "./claims.js";
import { Remedies } from "./remedies.js";
import type { Verb } from "./steps.js";
import type { Walker } from "./walker.js";

/** More rounds of doing what a message says than any stack of a walk can need. */
const MOST_ROUNDS = 25;

/** I3: without faults, and by doing what messages say, the stack becomes what is declared, and stays so. */
export async function settle(walker: Walker): Promise<void> {
  await runUntilDone(walker, "up");
  await assertQuiet(walker);
  await runUntilDone(walker, "up --refresh");
  await assertQuiet(walker);
  await assertAsDeclared(walker);
}

export async function settleDestroyed(walker: Walker): Promise<void> {
  await runUntilDone(walker, "destroy");
  assert.deepEqual(walker.world.engine.state, [], "what a destroy leaves in the state");
}

async function runUntilDone(walker: Walker, goal: Verb): Promise<void> {
  let verb = goal;
  const remedies = new Remedies();
  const said: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const error = await walker.run({ verb });
    if (error === undefined && (verb === goal || goal === "up")) return;
    if (error === undefined) {
      verb = goal;
      continue;
    }
    said.push(error.message);
    const next = await remedies.follow(walker, error.message);
    assert.ok(next, `a message that does not say what to do: ${error.message}`);
    verb = goal === "destroy" && next === "up" ? goal : next;
  }
  assert.fail(`no end of it: ${said.slice(-3).join("\n")}`);
}

async function assertQuiet({ world, program }: Walker): Promise<void> {
  const { emulator, engine } = world;
  emulator.journal.clear();
  const { operations } = await engine.up(program);
  const same = Object.fromEntries(program.map(({ name }) => [name, "same"]));
  assert.deepEqual(operations, same, "changes once settled");
  assert.deepEqual(requestsTo(emulator), [], "requests of an up without changes");
}

/** The registry is as the program says, whatever the state says. */
async function assertAsDeclared({ world, program }: Walker): Promise<void> {
  const { tags, manifests } = await world.holdings();
  for (const declaration of program) {
    const state = world.engine.resource(declaration.name);
    const digest = String(state.outputs["digest"]);
    for (const tag of declaredTags(declaration)) {
      assert.equal(tags.get(tag)?.digest, digest, `what ${tag} of ${declaration.name} names`);
    }
    if (manifestOf(state) !== undefined) assert.ok(manifests.has(digest), `${state.name} is there`);
    for (const tag of declaredLocks(declaration)) {
      const attributes = tags.get(tag)?.attributes;
      assert.equal(attributes?.writeEnabled, false, `the lock of ${state.name} on ${tag}`);
    }
  }
}
