import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { deleteVictims } from "../../../../provider/artifact/retention/deleteVictims.js";
import {
  type FreshPlan,
  planRetention,
} from "../../../../provider/artifact/retention/planRetention.js";
import type { RetentionRules } from "../../../../provider/artifact/retention/rules.js";
import {
  digestOfName,
  FakeRepository,
  type FakeManifest,
  type Kind,
  mayNotHaveSubject,
} from "./fakeRepository.js";

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const TAGS = ["v1", "v2", "pr-1", "pr-2", "latest", "nightly"];
const KINDS: readonly Kind[] = ["image", "artifact", "index", "docker", "list"];
const SUFFIXES = ["", ".sig", ".att"];

const digestTag = fc
  .tuple(fc.constantFrom(...NAMES, "gone"), fc.constantFrom(...SUFFIXES))
  .map(([name, suffix]) => `${digestOfName(name).replace(":", "-")}${suffix}`);

interface World {
  readonly manifests: readonly FakeManifest[];
  readonly lockedTags: readonly string[];
}

const someNames = fc.uniqueArray(fc.constantFrom(...NAMES, "gone"), { maxLength: 3 });

/** Any graph: nested indexes, shared children, chains of referrers, cycles, missing manifests. */
const world: fc.Arbitrary<World> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
    fc.array(
      fc.record({
        kind: fc.constantFrom(...KINDS),
        children: someNames,
        subject: fc.option(fc.constantFrom(...NAMES, "gone"), { nil: undefined, freq: 2 }),
        lock: fc.integer({ min: 0, max: 9 }),
        digestTag: fc.option(digestTag, { nil: undefined, freq: 6 }),
      }),
      { minLength: NAMES.length, maxLength: NAMES.length },
    ),
    fc.array(fc.option(fc.nat(NAMES.length - 1), { nil: undefined }), {
      minLength: TAGS.length,
      maxLength: TAGS.length,
    }),
    fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 1 }),
    fc.shuffledSubarray([...NAMES.keys()], { minLength: NAMES.length }),
  )
  .map(([names, drawn, owners, lockedTags, days]) => {
    const manifests = names.map((name, at) => {
      const { kind, children, subject, lock, digestTag: special } = drawn[at] as (typeof drawn)[0];
      const tags = TAGS.filter((_tag, index) => owners[index] === at);
      return {
        ...{ name, kind, subject, locked: lock === 0, day: days[at] ?? 0, size: 1 },
        children: kind === "index" || kind === "list" ? children : [],
        tags: new Set(special === undefined ? tags : [...tags, special]),
      };
    });
    return { manifests: withOneTagEach(manifests), lockedTags };
  });

/** A tag names one manifest. */
function withOneTagEach(manifests: readonly FakeManifest[]): readonly FakeManifest[] {
  const taken = new Set<string>();
  return manifests.map((one) => ({
    ...one,
    tags: new Set([...one.tags].filter((tag) => !taken.has(tag) && taken.add(tag))),
  }));
}

const rulesOf: fc.Arbitrary<RetentionRules> = fc
  .record({
    keepNewest: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    cutoff: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
    keepTags: fc.constantFrom([], ["v*"], ["v1", "latest"]),
    expireTags: fc.constantFrom(undefined, ["pr-*"], ["*"], ["pr-?", "nightly"]),
    untaggedOnly: fc.boolean(),
    includeLocked: fc.boolean(),
  })
  .map(({ cutoff, untaggedOnly, ...rules }) => ({
    ...rules,
    untaggedOnly: untaggedOnly && rules.expireTags === undefined,
    ...(cutoff === undefined
      ? {}
      : { keepNewerThan: `${cutoff}d`, cutoff: (10 - cutoff) * 86_400_000 }),
  }));

const declaredNames = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 1 });

function declare(names: readonly string[]) {
  const digests = new Set<string>(names.map(digestOfName));
  return { digest: (digest: string) => digests.has(digest), tag: (tag: string) => tag === "v2" };
}

async function planFor(
  { manifests, lockedTags }: World,
  rules: RetentionRules,
  declared: readonly string[],
): Promise<{ fresh: FreshPlan; repository: FakeRepository }> {
  const repository = new FakeRepository(
    manifests.map((one) => ({ ...one, tags: new Set(one.tags) })),
  );
  for (const tag of lockedTags) repository.lockedTags.add(tag);
  const request = { rules, declared: declare(declared), options: {} };
  const fresh = await planRetention({ repository: repository.asRepository(), ...request });
  return { fresh, repository };
}

// The rules are implemented again here, naively and over the whole graph, for comparison.

const ordinary = ({ tags }: FakeManifest): string[] =>
  [...tags].filter((tag) => !tag.startsWith("sha256-"));
const matches = (tag: string, patterns: readonly string[]): boolean =>
  patterns.some((one) =>
    new RegExp(`^${one.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(tag),
  );
const isKeptTag = (tag: string, rules: RetentionRules): boolean =>
  tag === "v2" || matches(tag, rules.keepTags);
const isIndex = ({ kind }: FakeManifest): boolean => kind === "index" || kind === "list";

const ownSubject = ({ subject, kind }: FakeManifest): string[] =>
  subject === undefined || mayNotHaveSubject(kind) ? [] : [subject];

function subjectsOf(one: FakeManifest): string[] {
  const byTag = NAMES.filter((name) =>
    [...one.tags].some((tag) => tag.startsWith(digestOfName(name).replace(":", "-"))),
  );
  return [...ownSubject(one), ...byTag];
}

/** Whether the rules on tags let a part of it expire. */
function mayExpire(one: FakeManifest, rules: RetentionRules, isKept = isKeptTag): boolean {
  const tags = ordinary(one);
  if (rules.untaggedOnly) return tags.length === 0;
  if (rules.expireTags === undefined) return !tags.some((tag) => isKept(tag, rules));
  const { expireTags } = rules;
  return tags.some((tag) => matches(tag, expireTags) && !isKept(tag, rules));
}

/** Also includes what only the program's declaration keeps. */
const mayCount = (one: FakeManifest, rules: RetentionRules): boolean =>
  mayExpire(one, rules, (tag, { keepTags }) => matches(tag, keepTags));

/** The newest images under the rules; untagged ones count unless they are parts of others. */
function newest({ manifests }: World, rules: RetentionRules): readonly FakeManifest[] {
  const children = new Set(manifests.flatMap((one) => (isIndex(one) ? one.children : [])));
  const counts = (one: FakeManifest): boolean => {
    if (!mayCount(one, rules)) return false;
    if (ordinary(one).length > 0) return true;
    if (one.tags.size > 0 || children.has(one.name)) return false;
    return !(one.kind === "artifact" && one.subject !== undefined);
  };
  const sorted = manifests.filter(counts).sort((a, b) => b.day - a.day);
  return sorted.slice(0, rules.keepNewest ?? 0);
}

function isYoung({ day }: FakeManifest, { cutoff }: RetentionRules): boolean {
  return cutoff !== undefined && day * 86_400_000 >= cutoff;
}

/** Every violated rule, given the deleted names and the manifests that existed. */
function violations(
  all: World,
  deleted: ReadonlySet<string>,
  rules: RetentionRules,
  declared: readonly string[],
): string[] {
  const found: string[] = [];
  const newestNames = new Set(newest(all, rules).map(({ name }) => name));
  const present = new Set(all.manifests.map(({ name }) => name));
  const stays = (name: string): boolean => present.has(name) && !deleted.has(name);
  const say = (wrong: boolean, what: string): void => {
    if (wrong) found.push(what);
  };
  for (const one of all.manifests) {
    const { name } = one;
    const tags = ordinary(one);
    const subjects = subjectsOf(one);
    if (!deleted.has(name)) {
      if (isIndex(one)) {
        for (const child of one.children) say(deleted.has(child), `${name}, kept, names ${child}`);
      }
      // The registry would delete it together with its subject.
      for (const subject of ownSubject(one)) {
        say(deleted.has(subject), `${name}, kept, is about ${subject}`);
      }
      continue;
    }
    const attached =
      tags.length === 0 &&
      (one.tags.size > 0 || (one.kind === "artifact" && one.subject !== undefined));
    const held = [...one.tags].some((tag) => all.lockedTags.includes(tag));
    say(!rules.includeLocked && (one.locked === true || held), `${name} is locked`);
    say(declared.includes(name) || tags.includes("v2"), `${name} is declared`);
    for (const subject of subjects)
      say(stays(subject), `${name} belongs to ${subject}, which stays`);
    say(
      tags.some((tag) => isKeptTag(tag, rules)),
      `${name} has a kept tag`,
    );
    say(rules.untaggedOnly && tags.length > 0, `${name} has a tag`);
    const { expireTags } = rules;
    say(
      expireTags !== undefined && tags.some((tag) => !matches(tag, expireTags)),
      `${name} has another tag`,
    );
    say(newestNames.has(name), `${name} is among the newest`);
    say(isYoung(one, rules) && !attached, `${name} is young`);
  }
  return found;
}

const deletedNames = ({ plan }: FreshPlan, { manifests }: World): ReadonlySet<string> => {
  const digests = new Set(
    plan.victims.filter(({ kind }) => kind === "manifest").map(({ digest }) => digest),
  );
  const names = manifests.map(({ name }) => name);
  return new Set(names.filter((name) => digests.has(digestOfName(name))));
};

describe("planRetention, whatever the graph:", () => {
  it("deletes nothing that is kept, or that something kept needs", async () => {
    await fc.assert(
      fc.asyncProperty(world, rulesOf, declaredNames, async (all, rules, declared) => {
        const { fresh } = await planFor(all, rules, declared);
        assert.deepEqual(violations(all, deletedNames(fresh, all), rules, declared), []);
      }),
      { numRuns: 1_000 },
    );
  });

  it("deletes single tags only if they are unlocked, expired and on an old manifest", async () => {
    await fc.assert(
      fc.asyncProperty(world, rulesOf, async (all, rules) => {
        const { fresh, repository } = await planFor(all, rules, []);
        const newestNames = new Set(newest(all, rules).map(({ name }) => name));
        for (const { kind, tags, digest } of fresh.plan.victims) {
          if (kind !== "tags") continue;
          const owner = [...repository.manifests.values()].find(
            ({ name }) => digestOfName(name) === digest,
          );
          assert.ok(owner !== undefined && !newestNames.has(owner.name) && !isYoung(owner, rules));
          assert.ok(rules.includeLocked || owner.locked !== true);
          for (const tag of tags) {
            assert.ok(owner.tags.has(tag) && matches(tag, rules.expireTags ?? []));
            assert.ok(!isKeptTag(tag, rules));
            assert.ok(rules.includeLocked || !all.lockedTags.includes(tag));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("deletes everything that no rule keeps, without relations and locks", async () => {
    const plain = world.map(({ manifests }) => ({
      lockedTags: [],
      manifests: manifests.map((one) => ({
        ...{ ...one, kind: "image" as const, children: [], subject: undefined, locked: false },
        tags: new Set(ordinary(one)),
      })),
    }));
    await fc.assert(
      fc.asyncProperty(plain, rulesOf, async (all, rules) => {
        const { fresh } = await planFor(all, rules, []);
        const kept = new Set(newest(all, rules).map(({ name }) => name));
        const { expireTags } = rules;
        const goes = all.manifests.filter((one) => {
          const tags = ordinary(one);
          const whole =
            expireTags === undefined ||
            tags.every((tag) => matches(tag, expireTags) && !isKeptTag(tag, rules));
          return mayExpire(one, rules) && whole && !kept.has(one.name) && !isYoung(one, rules);
        });
        assert.deepEqual([...deletedNames(fresh, all)].sort(), goes.map(({ name }) => name).sort());
      }),
      { numRuns: 1_000 },
    );
  });

  it("deletes exactly what was planned, and then nothing more has expired", async () => {
    await fc.assert(
      fc.asyncProperty(world, rulesOf, async (all, rules) => {
        const { fresh, repository } = await planFor(all, rules, []);
        const before = repository.names();
        const planned = deletedNames(fresh, all);
        const outcome = await execute(repository, fresh, rules);
        assert.deepEqual(outcome.leftAlone, []);
        assert.deepEqual(
          repository.names(),
          before.filter((name) => !planned.has(name)),
        );
        // Without their index, children count as images, so the newest may be others.
        if (rules.keepNewest !== undefined) return;
        const again = await planRetention({
          ...{ repository: repository.asRepository(), rules, declared: declare([]), options: {} },
        });
        assert.deepEqual(again.plan.victims, []);
      }),
      { numRuns: 1_000 },
    );
  });

  it("respects what somebody does in between", async () => {
    await fc.assert(
      fc.asyncProperty(world, rulesOf, newcomer, async (all, rules, change) => {
        const { fresh, repository } = await planFor(all, rules, []);
        const victims = fresh.plan.victims.filter(({ kind }) => kind === "manifest");
        const target = victims[change.victim % Math.max(victims.length, 1)];
        const name = all.manifests.find((one) => digestOfName(one.name) === target?.digest)?.name;
        if (name === undefined) return;
        const before = repository.names();
        interfere(repository, name, change.what);
        await execute(repository, fresh, rules);
        assert.ok(repository.names().includes(name));
        const gone = new Set(before.filter((one) => !repository.names().includes(one)));
        const now: World = {
          ...all,
          manifests: [
            ...all.manifests,
            ...[...repository.manifests.values()].filter((one) => one.name === "newcomer"),
          ],
        };
        const wrong = violations(
          now,
          gone,
          { ...rules, keepNewest: undefined, includeLocked: true },
          [],
        );
        assert.deepEqual(wrong, []);
      }),
      { numRuns: 1_000 },
    );
  });
});

type Interference = "tag" | "index" | "referrer";
const newcomer = fc.record({
  victim: fc.nat(9),
  what: fc.constantFrom<Interference>("tag", "index", "referrer"),
});

function interfere(repository: FakeRepository, name: string, what: Interference): void {
  const base = { name: "newcomer", tags: new Set<string>(), day: 99 };
  if (what === "tag") repository.get(name)?.tags.add("added");
  if (what === "index") repository.push({ ...base, kind: "index", children: [name] });
  if (what === "referrer") {
    repository.push({ ...base, kind: "artifact", children: [], subject: name });
  }
}

function execute(repository: FakeRepository, fresh: FreshPlan, rules: RetentionRules) {
  return deleteVictims({
    repository: repository.asRepository(),
    plan: fresh.plan,
    asOf: fresh.asOf,
    includeLocked: rules.includeLocked,
    declared: () => declare([]),
    options: {},
  });
}
