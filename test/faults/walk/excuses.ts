import assert from "node:assert/strict";
import type { Holdings, World } from "../world.js";
import { isLive, manifestsOf, tagsOf } from "./claims.js";
import { RELEASE } from "./resources.js";
import type { Course } from "./course.js";

/**
 * What may be left in the registry after the stack is destroyed: what somebody else put there, what
 * a message reported to stay, and what a failed run published and the program then no longer
 * declared.
 */
export class Excuses {
  readonly #tags = new Set<string>();
  readonly #digests = new Set<string>();

  theirTag(tag: string): void {
    this.#tags.add(tag);
  }

  note(world: World, { before, after, messages, error }: Course): void {
    const live = after.state.filter(isLive);
    const owned = new Set(live.flatMap(manifestsOf));
    const ownedTags = new Set(live.flatMap((one) => [...tagsOf(one).keys()]));
    for (const old of before.state.filter(isLive)) {
      for (const digest of manifestsOf(old)) if (!owned.has(digest)) this.#digests.add(digest);
      for (const tag of tagsOf(old).keys()) {
        const told =
          old.retainOnDelete ||
          after.state.some((one) => one.urn === old.urn && !isLive(one)) ||
          messages.some(({ text }) => text.includes("stays") || text.includes("left published"));
        if (!ownedTags.has(tag) && told) this.#tags.add(tag);
      }
    }
    if (error === undefined) return;
    for (const digest of after.holdings.manifests.keys()) {
      const isNew = !before.holdings.manifests.has(digest);
      if (isNew && !owned.has(digest) && !world.isForeign(digest)) this.#digests.add(digest);
    }
    for (const tag of after.holdings.tags.keys()) {
      if (!before.holdings.tags.has(tag) && !ownedTags.has(tag)) this.#tags.add(tag);
    }
  }

  assertNothingElseLeft(world: World, { tags, manifests }: Holdings): void {
    const leftTags = [...tags.keys()].filter((tag) => !tag.startsWith("theirs") && tag !== RELEASE);
    assert.deepEqual(
      leftTags.filter((tag) => !this.#tags.has(tag)),
      [],
      "tags left after all",
    );
    const left = [...manifests.keys()].filter((digest) => !world.isForeign(digest));
    assert.deepEqual(
      left.filter((digest) => !this.#digests.has(digest)),
      [],
      "manifests left after all",
    );
  }
}
