import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CATALOG_SCOPE, repositoryScope, type Scope } from "../../../provider/auth/scope.js";
import { TokenCache } from "../../../provider/auth/tokenCache.js";

/** A cache, its clock and the number of fetched tokens, each of which lasts 100 ms. */
function start() {
  const state = { now: 0, fetched: 0 };
  const cache = new TokenCache(() => state.now);
  const get = (...scopes: readonly Scope[]): Promise<string> =>
    cache.get(scopes, () => {
      state.fetched += 1;
      return Promise.resolve({ value: `t${state.fetched}`, useUntil: state.now + 100 });
    });
  return { cache, state, get };
}

describe("cached tokens", () => {
  it("serve the scopes that they cover, until they expire", async () => {
    const { state, get } = start();
    const both = [repositoryScope("a", "pull", "push"), repositoryScope("b", "pull")];
    assert.equal(await get(...both), "t1");
    assert.equal(await get(repositoryScope("b", "pull")), "t1");
    assert.equal(await get(repositoryScope("a", "push")), "t1");
    assert.equal(await get(), "t1");
    assert.equal(await get(repositoryScope("b", "push")), "t2");
    assert.equal(await get(CATALOG_SCOPE), "t3");
    state.now = 100;
    assert.equal(await get(repositoryScope("b", "pull")), "t4");
    assert.equal(await get(repositoryScope("b", "pull")), "t4");
  });

  it("are not used again once refused", async () => {
    const { cache, get } = start();
    const scopes = [repositoryScope("a", "pull", "push"), repositoryScope("b", "pull")];
    await get(...scopes);
    assert.ok(cache.drop("t1"));
    assert.ok(!cache.drop("t1"));
    assert.equal(await get(repositoryScope("b", "pull")), "t2");
    cache.clear();
    assert.equal(await get(repositoryScope("b", "pull")), "t3");
  });

  it("of other repositories do not slow down a lookup, however many there are", async () => {
    const { get } = start();
    let looks = 0;
    const counted = (index: number): Scope => ({
      type: "repository",
      get repository() {
        looks += 1;
        return `r${index}`;
      },
      actions: ["pull"],
    });
    const visit = async (count: number): Promise<number> => {
      looks = 0;
      for (let index = 0; index < count; index += 1) await get(counted(index));
      return looks;
    };
    await visit(400);
    const again = await visit(400);
    assert.ok(again <= 400 * 3, `${again} looks at 400 repositories`);
  });

  it("are dropped when they have expired", async () => {
    const { cache, state, get } = start();
    for (let index = 0; index < 10; index += 1) await get(repositoryScope(`r${index}`, "pull"));
    state.now = 100;
    await get(repositoryScope("a", "pull"));
    assert.ok(!cache.drop("t1"));
    assert.ok(!cache.drop("t10"));
    assert.ok(cache.drop("t11"));
  });
});
