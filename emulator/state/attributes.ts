/** The four flags of a repository, tag or manifest, in the order in which the service writes them. */
export interface ChangeableAttributes {
  readonly deleteEnabled: boolean;
  readonly writeEnabled: boolean;
  readonly readEnabled: boolean;
  readonly listEnabled: boolean;
}

export const unlocked: ChangeableAttributes = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

const names = ["deleteEnabled", "writeEnabled", "readEnabled", "listEnabled"] as const;

/** Merges the flags of a PATCH body; undefined if it is not a flat object of booleans. */
export function mergeAttributes(
  current: ChangeableAttributes,
  change: unknown,
): ChangeableAttributes | undefined {
  if (typeof change !== "object" || change === null || Array.isArray(change)) return undefined;
  const merged: Record<(typeof names)[number], boolean> = { ...current };
  for (const name of names) {
    const value: unknown = (change as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (typeof value !== "boolean") return undefined;
    merged[name] = value;
  }
  return merged;
}
