import assert from "node:assert/strict";
import type { World } from "../world.js";
import { declaredTags, isLive, neededBy, writtenInputs } from "./claims.js";
import type { Entry } from "./inventory.js";
import { keyOf } from "./names.js";
import { YOUNG_MS } from "./resources.js";
import { type Course, isOurs, managesAttributes } from "./course.js";

/** A policy as the program writes it. */
export interface Policy {
  readonly keepNewest?: number;
  readonly keepNewerThan?: "52w";
  readonly keepTags?: readonly string[];
  readonly expireTags?: readonly string[];
  readonly untaggedOnly?: boolean;
  readonly includeLocked?: boolean;
}

/** Policies delete when they are created or updated, and at no other time. */
export function policiesOf({ verb, program }: Course): readonly Policy[] {
  if (!verb.startsWith("up")) return [];
  const policies = program.filter(({ kind }) => kind === "RetentionPolicy");
  return policies.map(({ inputs }) => writtenInputs(inputs) as Policy);
}

/**
 * Whether any policy of the program may have deleted the manifest: it expired by a rule or
 * belonged to a deleted manifest, and nothing keeps it.
 */
export function policyMayDelete(world: World, course: Course, digest: string): boolean {
  const entry = course.before.inventory.get(digest);
  if (entry === undefined || isDeclared(course, digest)) return false;
  return policiesOf(course).some((policy) => {
    if (policy.includeLocked !== true && isHeld(world, course, entry)) return false;
    const tags = foreignTags(course, entry);
    if (!tags.every((tag) => mayExpire(policy, tag) && !isDeclaredTag(course, tag))) return false;
    return (
      belongedToWhatIsGone(course, entry) ||
      wasLeftOver(course, digest) ||
      hasExpired(course, entry, policy)
    );
  });
}

/** Whether any policy may have taken the tag, alone or with its manifest. */
export function policyMayUntag(world: World, course: Course, tag: string): boolean {
  const { before, after } = course;
  const thing = before.holdings.tags.get(tag);
  const entry = before.inventory.get(thing?.digest ?? "");
  if (thing === undefined || entry === undefined || isDeclaredTag(course, tag)) return false;
  if (!after.holdings.manifests.has(entry.digest))
    return policyMayDelete(world, course, entry.digest);
  return policiesOf(course).some((policy) => {
    if (policy.includeLocked !== true && isLocked(world, course, tag, thing.attributes))
      return false;
    if (policy.expireTags === undefined || !mayExpire(policy, tag)) return false;
    return !isYoung(course, entry, policy) && !isAmongNewest(course, entry, policy);
  });
}

/**
 * No existing manifest lacks a part: an index its children, a referrer its subject. A subject is
 * deleted before its referrers, since registries delete those with it; a run that ends in between
 * leaves them.
 */
export function assertWholeFamilies({ before, after, error }: Course): void {
  const isGone = (digest: string): boolean =>
    before.inventory.has(digest) && !after.inventory.has(digest);
  for (const { digest, children, subject } of after.inventory.values()) {
    for (const child of children) {
      assert.ok(!isGone(child), `the index ${digest} is there, and its child ${child} is gone`);
    }
    const isLeft = subject !== undefined && isGone(subject);
    assert.ok(
      !isLeft || error !== undefined,
      `the referrer ${digest} is there, and its subject ${subject} is gone`,
    );
  }
}

/** Whether the program declares it or needs it for what it declares. */
function isDeclared({ program, after }: Course, digest: string): boolean {
  const keys = new Set(program.map(({ name }) => keyOf(name)));
  return after.state.some(
    (one) =>
      keys.has(keyOf(one.name)) &&
      !one.pendingDelete &&
      isLive(one) &&
      neededBy(one).includes(digest),
  );
}

function isDeclaredTag({ program }: Course, tag: string): boolean {
  return program.some((one) => declaredTags(one).includes(tag));
}

/** Tags that the stack could not have taken away before the policy came. */
function foreignTags(course: Course, { digest, tags }: Entry): readonly string[] {
  return tags.filter(
    (tag) => !isOurs(course, tag, digest) && course.after.holdings.tags.get(tag) === undefined,
  );
}

/** Whether a lock that the stack does not open forbids the deletion. */
function isHeld(world: World, course: Course, { digest, tags }: Entry): boolean {
  const { holdings } = course.before;
  const attributes = holdings.manifests.get(digest)?.attributes;
  return (
    isLocked(world, course, digest, attributes) ||
    tags.some((tag) => isLocked(world, course, tag, holdings.tags.get(tag)?.attributes))
  );
}

function isLocked(
  world: World,
  course: Course,
  name: string,
  attributes: { readonly deleteEnabled: boolean; readonly writeEnabled: boolean } | undefined,
): boolean {
  const open = attributes?.deleteEnabled !== false && attributes?.writeEnabled !== false;
  return !open && !managesAttributes(world, course, name);
}

function matches(tag: string, patterns: readonly string[]): boolean {
  return patterns.some((one) =>
    new RegExp(`^${one.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(tag),
  );
}

function mayExpire(
  { untaggedOnly, keepTags = [], expireTags = ["*"] }: Policy,
  tag: string,
): boolean {
  return untaggedOnly !== true && !matches(tag, keepTags) && matches(tag, expireTags);
}

/** Expired by a rule that applies to the manifest itself. */
function hasExpired(course: Course, entry: Entry, policy: Policy): boolean {
  // With expireTags, an untagged manifest is deleted only with what it belongs to.
  if (policy.expireTags !== undefined && entry.tags.length === 0) return false;
  return !isYoung(course, entry, policy) && !isAmongNewest(course, entry, policy);
}

/** An untagged child that no index names any more, or an untagged referrer without a subject. */
function belongedToWhatIsGone(
  { before, after }: Course,
  { digest, subject, tags }: Entry,
): boolean {
  if (tags.length > 0) return false;
  const isGone = (one: string): boolean => before.inventory.has(one) && !after.inventory.has(one);
  const indexes = [...before.inventory.values()].filter(({ children }) =>
    children.includes(digest),
  );
  return (
    indexes.some((index) => isGone(index.digest)) || (subject !== undefined && isGone(subject))
  );
}

/** Whether an earlier, interrupted run of a policy has deleted what it belonged to. */
function wasLeftOver({ before }: Course, digest: string): boolean {
  return before.state.some(({ outputs }) => {
    const unfinished = outputs["__unfinished"] as readonly string[] | undefined;
    return unfinished?.includes(digest) === true;
  });
}

function isYoung({ now }: Course, entry: Entry, { keepNewerThan }: Policy): boolean {
  return keepNewerThan !== undefined && Date.parse(entry.lastUpdateTime) >= now - YOUNG_MS;
}

/** Whether, before or after the run, fewer than this many images under the rules were newer. */
function isAmongNewest({ before, after }: Course, entry: Entry, policy: Policy): boolean {
  if (policy.keepNewest === undefined) return false;
  const all = [...before.inventory.values(), ...after.inventory.values()];
  const named = new Set(all.flatMap(({ children }) => children));
  const counts = ({ digest, tags, subject, isImage, lastUpdateTime }: Entry): boolean => {
    if (lastUpdateTime <= entry.lastUpdateTime) return false;
    if (tags.length > 0) return tags.some((tag) => mayExpire(policy, tag));
    const isPart = named.has(digest) || (subject !== undefined && !isImage);
    return !isPart && policy.expireTags === undefined;
  };
  const newer = new Set(all.filter(counts).map(({ digest }) => digest));
  return newer.size < policy.keepNewest;
}
