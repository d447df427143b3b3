/**
 * Tells whether a tag matches a pattern, in which `*` stands for any number of characters and `?` for
 * exactly one. After a mismatch, only the last `*` is extended, so that no pattern is slow.
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

/**
 * Whether the pattern contains only characters of tags and the two wildcards; any other could never
 * match.
 */
export function isTagPattern(value: string): boolean {
  return /^[A-Za-z0-9_.*?-]{1,128}$/.test(value);
}
