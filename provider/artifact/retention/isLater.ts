/**
 * Whether a time of the registry is after another one. The service writes up to seven digits, without
 * zeros at the end (recorded: `…30.338005Z` beside `…30.3380051Z`). A `Date` would drop all digits after
 * the third.
 */
export function isLater(time: string, than: string): boolean {
  const [left, right] = [inFull(time), inFull(than)];
  if (left === undefined || right === undefined) return Date.parse(time) > Date.parse(than);
  return left > right;
}

/**
 * Extends the time to nine digits, so that strings compare like times; `undefined` for any other format.
 */
function inFull(time: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(time);
  return match === null ? undefined : `${match[1] ?? ""}.${(match[2] ?? "").padEnd(9, "0")}`;
}
