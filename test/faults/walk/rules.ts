import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Declaration, ResourceState } from "../../support/miniEngine.js";
import type { World } from "../world.js";
import { declaredTags, isLive, manifestsOf, policyOf, tagsOf } from "./claims.js";
import { type Course, isOurs, managesAttributes } from "./course.js";
import { keyOf } from "./names.js";
import {
  assertWholeFamilies,
  policiesOf,
  policyMayDelete,
  policyMayUntag,
} from "./retentionRules.js";

/** I4 and I5, and that a refresh changes nothing. Completeness is checked elsewhere. */
export function assertRules(world: World, course: Course): void {
  if (course.verb === "refresh") {
    assert.deepEqual(course.after.holdings, course.before.holdings, "what a refresh changes");
  }
  assertTags(world, course);
  assertManifests(world, course);
  assertWholeFamilies(course);
  assertAttributes(world, course);
  assertNothingForgotten(course);
}

/** A tag moves only as declared, and only from its recorded digest. */
function assertTags(world: World, course: Course): void {
  const { before, after, program } = course;
  const tags = new Set([...before.holdings.tags.keys(), ...after.holdings.tags.keys()]);
  for (const tag of tags) {
    const from = before.holdings.tags.get(tag)?.digest;
    const to = after.holdings.tags.get(tag)?.digest;
    if (from === to) continue;
    const declaring = program.filter((one) => declaredTags(one).includes(tag));
    const move = `${tag} goes from ${from} to ${to}`;
    if (to === undefined) {
      const may = isOurs(course, tag, from) || policyMayUntag(world, course, tag);
      assert.ok(may, `${move} and was not ours, nor had it expired`);
    } else assert.ok(declaring.length > 0, `${move} and nobody declares it`);
    if (to !== undefined && world.isForeign(to)) {
      const kinds = declaring.map(({ kind }) => kind);
      assert.ok(kinds.includes("ArtifactTag"), `${move}, which is somebody else's`);
    }
    if (from === undefined || to === undefined) continue;
    const asked = declaring.some((one) => isAskedFor(one, course, tag));
    assert.ok(asked || isOurs(course, tag, from), `${move} and nobody asked for it`);
  }
}

function isAskedFor(declaration: Declaration, { before }: Course, tag: string): boolean {
  const policy = policyOf(declaration);
  const key = keyOf(declaration.name);
  const known = before.state.some((one) => keyOf(one.name) === key && tagsOf(one).has(tag));
  return policy === "move" || (policy === "adopt" && !known);
}

/** A manifest is deleted only if the stack had it and nobody needs it, or by a policy. */
function assertManifests(world: World, course: Course): void {
  const { before, after, error } = course;
  for (const digest of before.holdings.manifests.keys()) {
    if (after.holdings.manifests.has(digest)) continue;
    const expired = policyMayDelete(world, course, digest);
    assert.ok(expired || !world.isForeign(digest), `${digest} of somebody else is gone`);
    const owned = before.state.some((one) => manifestsOf(one).includes(digest));
    assert.ok(owned || expired, `${digest} is gone, and the state did not have it`);
    for (const [tag, thing] of after.holdings.tags) {
      assert.notEqual(thing.digest, digest, `${tag} names what is gone`);
    }
    if (error !== undefined) continue;
    const still = after.state.find(
      (one) => isLive(one) && manifestsOf(one).includes(digest) && !mayLoseItsManifest(course, one),
    );
    assert.equal(still?.name, undefined, `${digest} is gone, and declared`);
  }
}

/**
 * Of two resources with one manifest, the one without a tag. The other one, with
 * deleteBeforeReplace, is deleted before the engine checks what is declared after it.
 */
function mayLoseItsManifest({ program, before }: Course, one: ResourceState): boolean {
  const [digest = ""] = manifestsOf(one);
  const others = before.state.filter(
    (other) => other.name !== one.name && manifestsOf(other).includes(digest),
  );
  const keys = new Set(others.map(({ name }) => keyOf(name)));
  const first = program.some(
    ({ name, deleteBeforeReplace }) => deleteBeforeReplace === true && keys.has(keyOf(name)),
  );
  return first && tagsOf(one).size === 0;
}

/** Attributes change only where the stack manages them, or has begun to. */
function assertAttributes(world: World, course: Course): void {
  const { before, after } = course;
  for (const kind of ["tags", "manifests"] as const) {
    for (const [name, old] of before.holdings[kind]) {
      const now = after.holdings[kind].get(name);
      if (now === undefined || now.digest !== old.digest) continue;
      if (isDeepStrictEqual(now.attributes, old.attributes)) continue;
      const may = managesAttributes(world, course, name) || mayBeOpened(world, course, old.digest);
      assert.ok(may, `attributes of ${name} changed`);
    }
  }
}

/** A policy opens a lock just before the deletion, and may be killed in between. */
function mayBeOpened(world: World, course: Course, digest: string): boolean {
  const some = policiesOf(course).some(({ includeLocked }) => includeLocked === true);
  return some && course.error !== undefined && policyMayDelete(world, course, digest);
}

/** What leaves the state is deleted, belongs to another resource or is reported to stay. */
function assertNothingForgotten(course: Course): void {
  const { verb, before, after, messages } = course;
  const live = after.state.filter(isLive);
  for (const old of before.state.filter(isLive)) {
    if (live.some(({ id, name }) => id === old.id && keyOf(name) === keyOf(old.name))) continue;
    const [digest] = manifestsOf(old);
    const there =
      digest === undefined
        ? [...tagsOf(old)].some(([tag, seen]) =>
            seen.includes(after.holdings.tags.get(tag)?.digest),
          )
        : after.holdings.manifests.has(digest);
    if (!there || old.retainOnDelete || isAboutToBeReplaced(course, old)) continue;
    const told = messages.some(({ text }) => text.includes(old.id) && text.includes("stays"));
    const others = live.filter(
      (one) =>
        (digest !== undefined && manifestsOf(one).includes(digest)) ||
        [...tagsOf(old).keys()].some((tag) => tagsOf(one).has(tag)),
    );
    const why = `${verb}: ${old.name} (${old.id}) left the state, and is still there`;
    assert.ok(told || others.length > 0, why);
  }
}

/** Deleted before its replacement or kept for it: the next run creates that and adopts it. */
function isAboutToBeReplaced({ after, program }: Course, { urn }: ResourceState): boolean {
  const record = after.state.find((one) => one.urn === urn && !isLive(one));
  return record !== undefined && program.some(({ name }) => keyOf(name) === keyOf(record.name));
}
