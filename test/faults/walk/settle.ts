import assert from "node:assert/strict";
import type { Declaration } from "../../support/miniEngine.js";
import { requestsTo, writesTo } from "../../support/requests.js";
import { declaredLocks, declaredTags, manifestsOf, repositoryOf, writtenInputs } from "./claims.js";
import { Remedies } from "./remedies.js";
import type { Verb } from "./steps.js";
import type { Walker } from "./walker.js";

/** More remedies in a row than any stack of a walk can need. */
const MOST_ROUNDS = 25;

/** I3: without faults, and by doing what messages say, the stack becomes what is declared, and stays so. */
export async function settle(walker: Walker): Promise<void> {
  await runUntilDone(walker, "up");
  await comeToRest(walker);
  await assertQuiet(walker);
  await runUntilDone(walker, "up --refresh");
  await comeToRest(walker);
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

/**
 * Only the next `up` sees what one deletes: the child of an expired index becomes a separate image
 * among the newest; a source tag of a copy is deleted with its owner. So an `up` may have
 * something to do again, but only a few times.
 */
async function comeToRest(walker: Walker): Promise<void> {
  const looks = ({ kind, inputs }: Declaration): boolean =>
    kind === "RetentionPolicy" || copiesByTag({ kind, inputs });
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { program, world } = walker;
    const looking = program.filter(looks);
    if (looking.length === 0) return;
    const { operations } = await world.engine.preview(program);
    if (looking.every(({ name }) => operations[name] === "same")) return;
    await runUntilDone(walker, "up");
  }
  assert.fail("policies or copies that come to no end");
}

async function assertQuiet(walker: Walker): Promise<void> {
  const { world, program } = walker;
  const { emulator, engine } = world;
  emulator.journal.clear();
  const { operations } = await engine.up(program);
  const same = Object.fromEntries(program.map(({ name }) => [name, "same"]));
  assert.deepEqual(operations, same, "changes once settled");
  const asked = requestsTo(emulator);
  if (program.some(({ kind }) => kind === "RetentionPolicy")) {
    assert.deepEqual(writesTo(emulator), [], "writes of an up without changes");
  } else {
    const resolving = program.filter(copiesByTag).map(() => "HEAD tag");
    const shown = asked.map((request) => request.replace(/^HEAD tag .*/, "HEAD tag"));
    assert.deepEqual(shown, resolving, "requests of an up without changes");
  }
}

/** The listings of policies, and one look-up of each tag that is copied. */
function copiesByTag({ kind, inputs }: Pick<Declaration, "kind" | "inputs">): boolean {
  const { source } = writtenInputs(inputs) as { readonly source?: { readonly tag?: string } };
  return kind === "ArtifactCopy" && source?.tag !== undefined;
}

/** The registry matches the program, whatever the state says. */
async function assertAsDeclared({ world, places, program }: Walker): Promise<void> {
  for (const place of places) {
    const { tags, manifests } = await place.world.holdings();
    for (const declaration of program) {
      if (repositoryOf(declaration) !== place.repository) continue;
      const state = world.engine.resource(declaration.name);
      const digest = String(state.outputs["digest"]);
      for (const tag of declaredTags(declaration)) {
        assert.equal(tags.get(tag)?.digest, digest, `what ${tag} of ${declaration.name} names`);
      }
      const [main, ...included] = manifestsOf(state);
      // Deleted children and referrers of a copy are noticed only with `verify`.
      const { verify } = writtenInputs(declaration.inputs);
      const isLooked = (one: string): boolean =>
        verify !== undefined || !place.world.wasRemoved(one);
      const stays = included.filter(isLooked);
      for (const one of main === undefined ? [] : [main, ...stays]) {
        assert.ok(manifests.has(one), `${one} of ${state.name} is there`);
      }
      for (const tag of declaredLocks(declaration)) {
        const attributes = tags.get(tag)?.attributes;
        assert.equal(attributes?.writeEnabled, false, `the lock of ${state.name} on ${tag}`);
      }
    }
  }
}
