import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Start, tool } from "./modules.js";

const given = {
  PULUMI_ACR_RECORDINGS: "/recordings",
  PULUMI_ACCESS_TOKEN: "somebody's",
  AZURE_CLIENT_ID: "somebody's",
  ACR_NAME: "somebody's",
};

describe("programEnvironment", () => {
  const inherited = { ...process.env };
  before(() => {
    Object.assign(process.env, given);
  });
  after(() => {
    process.env = inherited;
  });

  it("passes on where the recordings are, but no settings of the user's stacks and registries", async () => {
    const { programEnvironment } = await tool<Start>("start.mjs");
    const environment = programEnvironment("");
    const names = Object.keys(given).filter((name) => environment[name] !== undefined);
    assert.deepEqual(names, ["PULUMI_ACR_RECORDINGS"]);
  });
});
