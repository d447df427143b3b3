import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Declaration, Message, ResourceState } from "../../support/miniEngine.js";
import type { Holdings, World } from "../world.js";
import {
  declaredLocks,
  declaredTags,
  lockedBy,
  manifestOf,
  policyOf,
  publishes,
  tagsOf,
} from "./claims.js";
import type { Verb } from "./steps.js";

/** Registry and state at one moment. */
export interface Moment {
  readonly holdings: Holdings;
  readonly state: readonly ResourceState[];
}

/** One run of the engine, from before to after. */
export interface Course {
  readonly verb: Verb;
  readonly program: readonly Declaration[];
  readonly before: Moment;
  readonly after: Moment;
  readonly messages: readonly Message[];
  readonly error: Error | undefined;
}

/** I4 and I5, and that a refresh changes nothing. Completeness is looked at elsewhere. */
export function assertRules(world: World, course: Course): void {
  if (course.verb === "refresh") {
    assert.deepEqual(course.after.holdings, course.before.holdings, "what a refresh changes");
  }
  assertTags(world, course);
  assertManifests(world, course);
  assertAttributes(world, course);
  assertNothingForgotten(course);
}

/** A tag goes only where it was asked to go, from where it is known to be. */
function assertTags(world: World, course: Course): void {
  const { before, after, program } = course;
  const tags = new Set([...before.holdings.tags.keys(), ...after.holdings.tags.keys()]);
  for (const tag of tags) {
    const from = before.holdings.tags.get(tag)?.digest;
    const to = after.holdings.tags.get(tag)?.digest;
    if (from === to) continue;
    const declaring = program.filter((one) => declaredTags(one).includes(tag));
    const move = `${tag} goes from ${from} to ${to}`;
    if (to === undefined) assert.ok(isOurs(course, tag, from), `${move} and was not ours`);
    else assert.ok(declaring.length > 0, `${move} and nobody declares it`);
    if (to !== undefined && world.isForeign(to)) {
      const kinds = declaring.map(({ kind }) => kind);
      assert.ok(kinds.includes("ArtifactTag"), `${move}, which is somebody else's`);
    }
    if (from === undefined || to === undefined) continue;
    const asked = declaring.some((one) => isAskedFor(one, course, tag));
    assert.ok(asked || isOurs(course, tag, from), `${move} and nobody asked for it`);
  }
}

/** The state says so, or has been told by a refresh in the same run. */
function isOurs({ verb, before }: Course, tag: string, digest: string | undefined): boolean {
  return before.state.some((one) => {
    const seen = tagsOf(one).get(tag);
    return seen !== undefined && (verb === "up --refresh" || seen.includes(digest));
  });
}

function isAskedFor(declaration: Declaration, { before }: Course, tag: string): boolean {
  const policy = policyOf(declaration);
  const { name } = declaration;
  const known = before.state.some((one) => one.name === name && tagsOf(one).has(tag));
  return policy === "move" || (policy === "adopt" && !known);
}

/** A manifest goes only if the stack had it and nobody else needs it. */
function assertManifests(world: World, { before, after }: Course): void {
  for (const digest of before.holdings.manifests.keys()) {
    if (after.holdings.manifests.has(digest)) continue;
    assert.ok(!world.isForeign(digest), `${digest} of somebody else is gone`);
    const owned = before.state.some((one) => manifestOf(one) === digest);
    assert.ok(owned, `${digest} is gone, and the state did not have it`);
    for (const [tag, thing] of after.holdings.tags) {
      assert.notEqual(thing.digest, digest, `${tag} names what is gone`);
    }
  }
}

/** Attributes change only where the stack manages them, or has begun to. */
function assertAttributes(world: World, course: Course): void {
  const { before, after } = course;
  for (const kind of ["tags", "manifests"] as const) {
    for (const [name, old] of before.holdings[kind]) {
      const now = after.holdings[kind].get(name);
      if (now === undefined || now.digest !== old.digest) continue;
      if (isDeepStrictEqual(now.attributes, old.attributes)) continue;
      assert.ok(managesAttributes(world, course, name), `attributes of ${name} changed`);
    }
  }
}

function managesAttributes(
  world: World,
  { before, after, program }: Course,
  name: string,
): boolean {
  const managed = [...before.state, ...after.state].flatMap(lockedBy);
  const tags = program.flatMap(declaredLocks);
  const named = tags.flatMap((tag) =>
    [before, after].map(({ holdings }) => holdings.tags.get(tag)?.digest),
  );
  if ([...managed, ...tags, ...named].includes(name)) return true;
  // Which manifest an unfinished run has locked, only the program's outputs would have told.
  const locks = program.some((one) => publishes(one.kind) && declaredLocks(one).length > 0);
  const properties = program.some(({ kind }) => kind === "ManifestProperties");
  return (locks && !world.isForeign(name)) || (properties && name === world.theirs);
}

/** What leaves the state is gone, is another resource's, or it is said that it stays. */
function assertNothingForgotten({ verb, before, after, messages }: Course): void {
  for (const old of before.state) {
    if (after.state.some(({ id, name }) => id === old.id && name === old.name)) continue;
    const digest = manifestOf(old);
    const there =
      digest === undefined
        ? [...tagsOf(old)].some(([tag, seen]) =>
            seen.includes(after.holdings.tags.get(tag)?.digest),
          )
        : after.holdings.manifests.has(digest);
    if (!there) continue;
    const told = messages.some(({ text }) => text.includes(old.id) && text.includes("stays"));
    const others = after.state.filter(
      (one) =>
        (digest !== undefined && manifestOf(one) === digest) ||
        [...tagsOf(old).keys()].some((tag) => tagsOf(one).has(tag)),
    );
    const why = `${verb}: ${old.name} (${old.id}) left the state, and is still there`;
    assert.ok(told || others.length > 0, why);
  }
}
