/**
 * A resource of a walk has a name of its own, and the program may rename it: the n-th name of `a1` is
 * `a1-n`, and all that came before are its aliases.
 */
export function nameOf(key: string, renamed: number): string {
  return renamed === 0 ? key : `${key}-${renamed}`;
}

export function aliasesOf(key: string, renamed: number): string[] {
  return Array.from({ length: renamed }, (_, nth) => nameOf(key, nth)).reverse();
}

/** Its first name. */
export function keyOf(name: string): string {
  return name.replace(/-\d+$/, "");
}
