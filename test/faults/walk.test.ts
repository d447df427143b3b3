import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Lane } from "./walk/lane.js";
import { describeBroken, walkSeed } from "./walk/walk.js";

/** Walks side by side: much of each is waiting. */
const LANES = 5;
const SEEDS_PER_LANE = 4;
const GROUPS = 4;

describe("whatever a stack goes through, nothing is lost:", function () {
  this.timeout(600_000);
  this.slow(60_000);
  let lanes: Lane[] = [];

  before(async () => {
    lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.start()));
  });
  after(() => Promise.all(lanes.map((lane) => lane.close())));

  for (let group = 0; group < GROUPS; group += 1) {
    const first = 1 + group * LANES * SEEDS_PER_LANE;
    it(`walks from seed ${first} on`, async () => {
      const broken: string[] = [];
      const walk = async (lane: Lane, index: number): Promise<void> => {
        for (let nth = 0; nth < SEEDS_PER_LANE; nth += 1) {
          lane.emulator.journal.clear();
          const found = await walkSeed(lane, first + index * SEEDS_PER_LANE + nth);
          if (found !== undefined) broken.push(describeBroken(found));
        }
      };
      await Promise.all(lanes.map(walk));
      assert.equal(broken.length, 0, broken.join("\n\n"));
    });
  }
});
