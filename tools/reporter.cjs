// mocha's own report, and a file of the counts for tools/test.mjs.
"use strict";
const { writeFileSync } = require("node:fs");
const { Runner, reporters } = require("mocha");

/** How long open handles may keep the process alive before that is reported as a failure. */
const lingerMs = 20_000;

module.exports = class CountingReporter extends reporters.Spec {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const counts = { passed: passes, failed: failures, skipped: pending };
      const file = process.env.PULUMI_ACR_TEST_COUNTS;
      if (file) writeFileSync(file, JSON.stringify(counts));
      setTimeout(failForLeaks, lingerMs).unref();
    });
  }
};

function failForLeaks() {
  const open = process.getActiveResourcesInfo().join(", ");
  process.stderr.write(`the tests left something open that keeps the process alive: ${open}\n`);
  process.exit(1);
}
