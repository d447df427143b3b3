import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import {
  type DeletionOutcome,
  deleteVictims,
} from "../../../../provider/artifact/retention/deleteVictims.js";
import {
  type FreshPlan,
  planRetention,
} from "../../../../provider/artifact/retention/planRetention.js";
import type { RetentionRules } from "../../../../provider/artifact/retention/rules.js";
import { digestOfName, type FakeManifest, FakeRepository } from "./fakeRepository.js";

const RULES: RetentionRules = { keepTags: ["keep"], untaggedOnly: false, includeLocked: false };
const REVIEWS: RetentionRules = { ...RULES, keepTags: [], expireTags: ["pr-*"] };
const NOTHING = { digest: () => false, tag: () => false };

const manifest = (name: string, day: number, more: Partial<FakeManifest> = {}): FakeManifest => ({
  ...{ name, day, kind: "image", tags: new Set<string>(), children: [] },
  ...more,
});

/** Changes by others at a given moment of a policy's run. */
describe("what retention finds just before it deletes", () => {
  let repository: FakeRepository;
  beforeEach(
    () => (repository = new FakeRepository([manifest("kept", 9, { tags: new Set(["keep"]) })])),
  );

  const plan = (rules: RetentionRules): Promise<FreshPlan> =>
    planRetention({ repository: repository.asRepository(), rules, declared: NOTHING, options: {} });
  const execute = (
    { plan: planned, asOf }: FreshPlan,
    signal?: AbortSignal,
  ): Promise<DeletionOutcome> =>
    deleteVictims({
      ...{ repository: repository.asRepository(), plan: planned, asOf, includeLocked: false },
      ...{ declared: () => NOTHING, options: { signal } },
    });
  /** Acts once, when this call is made. */
  const when = (call: string, act: () => void): void => {
    repository.onCall = (made) => {
      if (made !== call) return;
      repository.onCall = () => undefined;
      act();
    };
  };

  it("an index that is tagged again while its children are checked stays, with its children", async () => {
    repository.push(manifest("child", 1));
    repository.push(manifest("index", 2, { kind: "index", children: ["child"] }));
    const fresh = await plan(RULES);
    assert.equal(fresh.plan.manifests, 2);
    when(`properties ${digestOfName("child")}`, () => {
      repository.push(manifest("newcomer", 10, { kind: "index", children: ["index"] }));
    });
    const { deleted, leftAlone } = await execute(fresh);
    assert.deepEqual(deleted, []);
    assert.equal(leftAlone.length, 2);
    assert.deepEqual(repository.names(), ["child", "index", "kept", "newcomer"]);
  });

  it("a child that a new index names after its old index was deleted stays", async () => {
    repository.push(manifest("child", 1));
    repository.push(manifest("index", 2, { kind: "index", children: ["child"] }));
    const fresh = await plan(RULES);
    when(`DELETE ${digestOfName("index")}`, () => {
      repository.push(manifest("newcomer", 10, { kind: "index", children: ["child"] }));
    });
    await execute(fresh);
    assert.deepEqual(repository.names(), ["child", "kept", "newcomer"]);
  });

  it("an interruption lets a started index be deleted with its children, and starts nothing new", async () => {
    const images = Array.from({ length: 100 }, (_, at) => `image ${at}`);
    for (const name of images) repository.push(manifest(name, 1));
    repository.push(manifest("child", 2));
    repository.push(manifest("index", 3, { kind: "index", children: ["child"] }));
    const fresh = await plan(RULES);
    const interruption = new AbortController();
    repository.onCall = (call) => {
      if (call === `DELETE ${digestOfName("index")}`) interruption.abort(new Error("interrupted"));
    };
    const { failure, unfinished } = await execute(fresh, interruption.signal);
    assert.match(String(failure?.error), /interrupted/);
    assert.deepEqual(unfinished, []);
    assert.deepEqual([repository.get("index"), repository.get("child")], [undefined, undefined]);
    assert.ok(repository.names().length > images.length / 2, "most images were not begun");
  });

  it("a manifest that cosign signs meanwhile stays", async () => {
    repository.push(manifest("old", 1));
    const fresh = await plan(RULES);
    const tag = `${digestOfName("old").replace(":", "-")}.sig`;
    repository.push(manifest("signature", 10, { kind: "artifact", tags: new Set([tag]) }));
    const { leftAlone } = await execute(fresh);
    assert.match(leftAlone[0]?.reason ?? "", /pushed meanwhile, names it$/);
    assert.deepEqual(repository.names(), ["kept", "old", "signature"]);
  });

  const alone = (): void =>
    repository.push(manifest("old", 1, { tags: new Set(["pr-1", "pr-2", "v1"]) }));

  it("a single tag stays if its manifest was updated meanwhile", async () => {
    alone();
    const fresh = await plan(REVIEWS);
    repository.push(manifest("old", 10, { tags: new Set(["pr-1", "pr-2", "v1"]) }));
    const { leftAlone } = await execute(fresh);
    assert.match(leftAlone[0]?.reason ?? "", /^it was updated meanwhile/);
    assert.equal(repository.get("old")?.tags.size, 3);
  });

  it("a single tag stays if its manifest was locked meanwhile", async () => {
    alone();
    const fresh = await plan(REVIEWS);
    repository.push(manifest("old", 1, { tags: new Set(["pr-1", "pr-2", "v1"]), locked: true }));
    const { leftAlone } = await execute(fresh);
    assert.equal(leftAlone[0]?.reason, "it was locked meanwhile");
    assert.equal(repository.get("old")?.tags.size, 3);
  });

  it("single tags deleted before a failure are reported", async () => {
    alone();
    const fresh = await plan(REVIEWS);
    repository.beforeDelete = (what) => {
      if (what === "pr-2") throw new Error("no more");
    };
    const { deleted, failure } = await execute(fresh);
    assert.deepEqual(
      deleted.map(({ tags }) => tags),
      [["pr-1"]],
    );
    assert.ok(failure !== undefined);
  });

  it("a referrer that stays and cannot be read keeps its subject", async () => {
    repository.push(manifest("old", 1));
    const tags = new Set(["keep-too"]);
    repository.push(
      manifest("sbom", 3, { kind: "artifact", tags, subject: "old", unreadable: true }),
    );
    const fresh = await plan({ ...RULES, keepTags: ["keep*"] });
    assert.deepEqual(fresh.plan.victims, []);
  });
});
