import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import {
  type FreshPlan,
  planRetention,
} from "../../../../provider/artifact/retention/planRetention.js";
import { digestOfName, type FakeManifest, FakeRepository } from "./fakeRepository.js";

const RULES = { keepNewest: 3, keepTags: [], untaggedOnly: false, includeLocked: false };
const NOTHING = { digest: () => false, tag: () => false };

const manifest = (name: string, day: number): FakeManifest => ({
  ...{ name, day, kind: "image", tags: new Set([name]), children: [] },
});

describe("what a repository as a whole means for retention", () => {
  let repository: FakeRepository;
  beforeEach(() => {
    const names = Array.from({ length: 20 }, (_, at) => `v${at}`);
    repository = new FakeRepository(names.map((name, at) => manifest(name, at)));
  });

  const plan = (ignoreHidden = false): Promise<FreshPlan> =>
    planRetention({
      ...{ repository: repository.asRepository(), declared: NOTHING, options: {} },
      rules: { ...RULES, ignoreHidden },
    });

  it("a complete listing that agrees with the registry's count stops nothing", async () => {
    const { plan: found, stopped, ignored } = await plan();
    assert.deepEqual([found.manifests, stopped, ignored], [17, undefined, undefined]);
  });

  it("a registry that counts less than it lists is no reason to stop", async () => {
    repository.miscounted = -5;
    assert.equal((await plan()).plan.manifests, 17);
  });

  it("a registry that counts more than it lists stops everything, unless told to ignore this", async () => {
    repository.miscounted = 2;
    const { plan: found, stopped } = await plan();
    assert.equal(found.manifests, 0);
    assert.match(stopped ?? "", /^the registry counts 2 manifests more than it lists: .*try again/);
    const ignoring = await plan(true);
    assert.deepEqual([ignoring.plan.manifests, ignoring.ignored], [17, 2]);
  });

  for (const miscounted of [0, -15]) {
    it(`an incomplete listing always stops everything, whatever the count: ${miscounted}`, async () => {
      repository.miscounted = miscounted;
      repository.listsAtMost = 5;
      for (const ignoreHidden of [false, true]) {
        const { plan: found, stopped } = await plan(ignoreHidden);
        assert.equal(found.manifests, 0);
        assert.match(stopped ?? "", new RegExp(`cut short: .*${digestOfName("v0")} \\(1970-01-01`));
      }
    });
  }

  it("manifests pushed during planning do not make a listing incomplete", async () => {
    repository = new FakeRepository([1, 2, 3, 4].map((day) => manifest(`v${day}`, day)));
    repository.onCall = (call) => {
      if (call === "repository") repository.push(manifest("new", 9));
    };
    const { plan: found, stopped } = await plan();
    assert.deepEqual([found.manifests, stopped], [1, undefined]);
  });
});
