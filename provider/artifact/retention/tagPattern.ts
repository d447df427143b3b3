/**
 * Tells whether a tag fits a pattern in which `*` stands for any characters, none included, and `?`
 * for exactly one. Linear in the worst case but for one factor: after a mismatch only the last `*`
 * takes one character more, so that no pattern can make it hang.
 */
export function fitsPattern(tag: string, pattern: string): boolean {
  let at = 0;
  let read = 0;
  let star = -1;
  let resume = 0;
  while (at < tag.length) {
    const wanted = pattern[read];
    if (wanted === "*") {
      star = read++;
      resume = at;
    } else if (wanted === "?" || wanted === tag[at]) {
      read++;
      at++;
    } else if (star >= 0) {
      read = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(read));
}

export function fitsAny(tag: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fitsPattern(tag, pattern));
}

/** What can stand in a tag, and the two wild cards; anything else could never fit. */
export function isTagPattern(value: string): boolean {
  return /^[A-Za-z0-9_.*?-]{1,128}$/.test(value);
}
