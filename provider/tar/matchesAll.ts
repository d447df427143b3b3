/** `*` within a segment, `**` among segments: stands for any number of items. */
export const ANY_NUMBER = Symbol("any number");

/** Matches a sequence. Backtracks only to the last {@link ANY_NUMBER}, so it is never slow. */
export function matchesAll<Token, Item>(
  tokens: readonly (Token | typeof ANY_NUMBER)[],
  items: readonly Item[],
  fits: (token: Token, item: Item) => boolean,
): boolean {
  let at = 0;
  let retry: { at: number; from: number } | undefined;
  for (let index = 0; index < items.length;) {
    const token = tokens[at];
    if (token === ANY_NUMBER) {
      retry = { at: ++at, from: index };
    } else if (token !== undefined && fits(token, items[index] as Item)) {
      at++;
      index++;
    } else if (retry !== undefined) {
      at = retry.at;
      index = ++retry.from;
    } else {
      return false;
    }
  }
  while (tokens[at] === ANY_NUMBER) at++;
  return at === tokens.length;
}
