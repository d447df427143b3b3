import assert from "node:assert/strict";
import { inspect } from "node:util";
import { parseManifest } from "../../provider/oci/manifest.js";
import type { ResourceState } from "../support/miniEngine.js";
import type { Holdings, World } from "./world.js";

/** Passwords, tokens, signatures and upload states; no message, error or state may hold them. */
export function assertNoSecret(world: World, error: unknown): void {
  const { password } = world.emulator.credentials;
  const { messages, state } = world.engine;
  const told = [inspect(error, { depth: 8 }), JSON.stringify(messages), JSON.stringify(state)];
  for (const text of told) {
    assert.ok(!text.includes(password), "the password is told");
    assert.doesNotMatch(text, /eyJ[\w-]{8,}|_state=|[?&]sig=|Bearer \S{8}|Basic \S{8}/);
  }
}

/** An error must name the action, its object and the kind of failure. */
export function assertCleanFailure(world: World, error: unknown): void {
  assert.ok(error instanceof Error);
  assert.match(error.message, / \[[A-Z_]+\]$/);
  const place = error.message.includes(world.repository) || /127\.0\.0\.1:\d+/.test(error.message);
  assert.ok(place, `a failure that does not say where: ${error.message}`);
  assert.doesNotMatch(error.message, /undefined|\[object|NaN/);
}

/** Every tag of ours names a manifest whose blobs are all there. */
export async function assertComplete(world: World, { tags }: Holdings): Promise<void> {
  const { manifests, blobs } = world.somebody.repository;
  const digests = [...tags.values()].map(({ digest }) => digest);
  for (const digest of new Set(digests.filter((one) => !world.isForeign(one)))) {
    const found = await manifests.fetch(digest);
    assert.ok(found, `the manifest ${digest} that a tag names`);
    const parsed = parseManifest(found.bytes, found.descriptor.mediaType);
    const { config, layers, manifests: children } = parsed;
    for (const { digest: child } of children) {
      const isThere = world.wasRemoved(child) || (await manifests.resolve(child));
      assert.ok(isThere, `the manifest ${child} of an index`);
    }
    const named = [config, ...layers].filter((one) => one !== undefined);
    for (const one of named) {
      assert.ok(await blobs.exists(one.digest), `the blob ${one.digest} of a tagged manifest`);
    }
  }
}

/** Each tag names its former digest or its declared one. */
export function assertOldOrNew(before: Holdings, midway: Holdings, after: Holdings): void {
  for (const [tag, { digest }] of midway.tags) {
    const allowed = [before, after].map(({ tags }) => tags.get(tag)?.digest);
    assert.ok(allowed.includes(digest), `${tag} names ${digest}, neither old nor new`);
  }
}

/** The resources that the state had and has no longer. */
export function lost(
  before: readonly ResourceState[],
  after: readonly ResourceState[],
): ResourceState[] {
  return before.filter(({ id, name }) => !after.some((one) => one.id === id && one.name === name));
}
