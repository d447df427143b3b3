import type { Row } from "./row.js";

const REPOSITORY = { repository: "charts/web" };
const NO_RULE = /give at least one rule, keepNewest.* would delete everything/;

export const RETENTION_ROWS: Record<string, Row> = {
  "no repository": [{ keepNewest: 3 }, { repository: /it is required/ }],
  "no rule": [REPOSITORY, { "": NO_RULE }],
  "rules that are off": [{ ...REPOSITORY, keepTags: [], untaggedOnly: false }, { "": NO_RULE }],
  "a limit that is no rule": [{ ...REPOSITORY, maxDeletions: 5 }, { "": NO_RULE }],
  "none to keep": [{ ...REPOSITORY, keepNewest: 0 }, { keepNewest: /1 or more, but got 0/ }],
  "half an image": [{ ...REPOSITORY, keepNewest: 1.5 }, { keepNewest: /a whole number/ }],
  "a number as text": [{ ...REPOSITORY, keepNewest: "3" }, { keepNewest: /a whole number/ }],
  "an age without a unit": [
    { ...REPOSITORY, keepNewerThan: "30" },
    { keepNewerThan: /"30" is not an age: .*"30d"/ },
  ],
  "an age of no length": [{ ...REPOSITORY, keepNewerThan: "0d" }, { keepNewerThan: /not an age/ }],
  // Azure/acr-cli#560: such a value overflowed, so that everything was old.
  "an age that overflows": [
    { ...REPOSITORY, keepNewerThan: "999999d" },
    { keepNewerThan: /longer than a hundred years/ },
  ],
  "a pattern that no tag fits": [
    { ...REPOSITORY, keepTags: ["v*", "a b"] },
    { "keepTags[1]": /"a b" is not a pattern for tags/ },
  ],
  "patterns as one text": [{ ...REPOSITORY, expireTags: "pr-*" }, { expireTags: /a list/ }],
  "no pattern to expire": [
    { ...REPOSITORY, expireTags: [] },
    { expireTags: /at least one pattern/ },
  ],
  "tags to expire, and none": [
    { ...REPOSITORY, untaggedOnly: true, expireTags: ["pr-*"] },
    { expireTags: /with untaggedOnly no tag expires/ },
  ],
  "less than no deletion": [
    { ...REPOSITORY, keepNewest: 1, maxDeletions: -1 },
    { maxDeletions: /0 or more/ },
  ],
  "a misspelt rule": [
    { ...REPOSITORY, keepNewst: 3 },
    { keepNewst: /did you mean "keepNewest"\?/ },
  ],
  "a plan of one's own": [
    { ...REPOSITORY, keepNewest: 3, plan: {} },
    { plan: /there is no property "plan" here/ },
  ],
};
