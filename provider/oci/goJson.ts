/**
 * JSON as Go writes it. `JSON.stringify` differs: it uses the order in which the members were added, and
 * puts names that look like integers first, so that equal annotations could give different bytes.
 */

export type Member = readonly [name: string, json: string | undefined];

/** An object with its members in the given order; those that are `undefined` are left out. */
export function objectJson(members: readonly Member[]): string {
  const present = members.filter(([, json]) => json !== undefined);
  return `{${present.map(([name, json]) => `${plainJson(name)}:${json}`).join(",")}}`;
}

/** A map of strings, sorted by the UTF-8 bytes of the names, as Go does; `undefined` if empty. */
export function mapJson(texts: Readonly<Record<string, string>> | undefined): string | undefined {
  const entries = Object.entries(texts ?? {});
  if (entries.length === 0) return undefined;
  return objectJson(sortedByBytes(entries).map(([name, text]) => [name, plainJson(text)]));
}

export function arrayJson(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

/** Any value from JSON or YAML, as Go writes a value without a declared structure. */
export function valueJson(value: unknown): string {
  if (Array.isArray(value)) return arrayJson(value.map(valueJson));
  if (typeof value !== "object" || value === null) return plainJson(value ?? null) ?? "null";
  const entries = sortedByBytes(Object.entries(value as Record<string, unknown>));
  return objectJson(entries.map(([name, member]) => [name, valueJson(member)]));
}

/** A string, number, boolean or list of strings, escaped as by Go; `undefined` stays `undefined`. */
export function plainJson(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(value).replace(ESCAPED_BY_GO, escaped);
}

function sortedByBytes<T>(entries: readonly [string, T][]): [string, T][] {
  return [...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/**
 * Characters that Go escapes "to avoid certain security issues" in HTML and JavaScript (encoding/json,
 * `Marshal`).
 */
const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
