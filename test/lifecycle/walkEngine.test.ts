import { afterEach, beforeEach, describe, it } from "mocha";
import { drawEngineSteps } from "../faults/walk/engineSteps.js";
import { EngineWalker } from "../faults/walk/engineWalker.js";

const SEED = 1;

describe("a random walk of a stack on the real engine", function () {
  this.timeout(240_000);
  this.slow(60_000);
  let walker: EngineWalker;

  beforeEach(async () => {
    walker = await EngineWalker.start();
  });
  afterEach(() => walker.close());

  it("loses nothing and ends as declared", async () => {
    for (const [index, step] of drawEngineSteps(SEED).entries()) {
      try {
        await walker.take(step);
      } catch (error) {
        throw new Error(`step ${index + 1}: ${JSON.stringify(step)}`, { cause: error });
      }
    }
    await walker.end();
  });
});
