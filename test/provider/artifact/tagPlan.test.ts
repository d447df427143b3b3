import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { planTags, type TagConflictPolicy } from "../../../provider/artifact/tagPlan.js";
import { type Digest, digestOf } from "../../../provider/oci/digest.js";
import { parseTag } from "../../../provider/oci/reference.js";

const OURS = digestOf("ours");
const THEIRS = digestOf("theirs");
const THIRD = digestOf("third");
const tag = parseTag("v1");
const reference = "registry.example/app:v1";

type Live = Digest | undefined;
/** Live digest, digest in the state, newly declared; the action with fail, adopt and move. */
type Row = readonly [Live, string | undefined, boolean, readonly [string, string, string]];

const ROWS: Readonly<Record<string, Row>> = {
  "absent and new": [undefined, undefined, true, ["create", "create", "create"]],
  "absent, was ours": [undefined, OURS, false, ["create", "create", "create"]],
  "ours already": [OURS, undefined, true, ["none", "none", "none"]],
  "ours already, whatever the state says": [OURS, THEIRS, false, ["none", "none", "none"]],
  "theirs and new": [THEIRS, undefined, true, ["exists", "move", "move"]],
  "of our own old version": [THEIRS, THEIRS, false, ["move", "move", "move"]],
  "moved since the state, unseen": [THEIRS, OURS, false, ["exists", "exists", "move"]],
  "moved, as the refresh saw": [THEIRS, THEIRS, false, ["move", "move", "move"]],
  "moved again since the refresh": [THIRD, THEIRS, false, ["again", "again", "move"]],
  "deleted as the refresh saw, and back as another": [
    THEIRS,
    "absent",
    false,
    ["again", "again", "move"],
  ],
};

describe("planTags", () => {
  const POLICIES: readonly TagConflictPolicy[] = ["fail", "adopt", "move"];
  for (const [name, [live, known, isNew, outcomes]] of Object.entries(ROWS)) {
    for (const [index, policy] of POLICIES.entries()) {
      const expected = outcomes[index] ?? "";
      it(`${name}, ${policy}: ${expected}`, () => {
        const plan = () => planTags([{ tag, reference, live, known, isNew }], OURS, policy);
        if (expected === "exists" || expected === "again") {
          const message = expected === "exists" ? /exists and names sha256:/ : /was changed again/;
          assert.throws(plan, { code: "CONFLICT", subject: reference, message });
          return;
        }
        const { create, move } = plan();
        assert.deepEqual(create, expected === "create" ? [tag] : []);
        assert.deepEqual(move, expected === "move" ? [{ tag, from: live }] : []);
      });
    }
  }

  it("names in a conflict the tag, both digests and every way out", () => {
    const situation = { tag, reference, live: THEIRS, known: undefined, isNew: true };
    assert.throws(
      () => planTags([situation], OURS, "fail"),
      new RegExp(
        `${reference} .*${THEIRS}.*${OURS}.*Nothing was changed.*"adopt".*"move".*plain \`pulumi up\``,
        "s",
      ),
    );
  });
});
