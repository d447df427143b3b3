import type { RetentionVictim } from "./retentionPlan.js";

/**
 * Groups related victims. Each group is in the order of deletion: an index before its children, and a
 * subject before its referrers, so that no manifest that still exists lacks a part.
 */
export function groupsOf(
  victims: readonly RetentionVictim[],
): readonly (readonly RetentionVictim[])[] {
  const byDigest = new Map(victims.map((victim) => [victim.digest, victim]));
  const roots = new Roots();
  for (const { digest, goesWith = [] } of victims) {
    for (const other of goesWith) if (byDigest.has(other)) roots.join(digest, other);
  }
  const groups = new Map<string, RetentionVictim[]>();
  for (const victim of inOrder(victims, byDigest)) {
    const root = roots.of(victim.digest);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [victim]);
    else group.push(victim);
  }
  return [...groups.values()];
}

/** Each after the manifests that it is deleted with. In a circle, any one is the first. */
function inOrder(
  victims: readonly RetentionVictim[],
  byDigest: ReadonlyMap<string, RetentionVictim>,
): readonly RetentionVictim[] {
  const placed = new Set<RetentionVictim>();
  const visited = new Set<RetentionVictim>();
  const visit = (start: RetentionVictim): void => {
    const waiting = [start];
    for (let victim = waiting.at(-1); victim !== undefined; victim = waiting.at(-1)) {
      const first = visited.has(victim) ? [] : befores(victim);
      visited.add(victim);
      if (first.length > 0) {
        waiting.push(...first);
        continue;
      }
      placed.add(victim);
      waiting.pop();
    }
  };
  const befores = ({ goesWith = [] }: RetentionVictim): readonly RetentionVictim[] =>
    goesWith.flatMap((digest) => {
      const victim = byDigest.get(digest);
      return victim === undefined || visited.has(victim) ? [] : [victim];
    });
  for (const victim of victims) visit(victim);
  return [...placed];
}

/** Finds which digests are related (union-find with path halving). */
class Roots {
  readonly #parents = new Map<string, string>();

  of(digest: string): string {
    let at = digest;
    for (let up = this.#parents.get(at); up !== undefined; up = this.#parents.get(at)) {
      const above = this.#parents.get(up);
      if (above !== undefined) this.#parents.set(at, above);
      at = up;
    }
    return at;
  }

  join(one: string, other: string): void {
    const [a, b] = [this.of(one), this.of(other)];
    if (a !== b) this.#parents.set(a, b);
  }
}
