/**
 * Patterns that choose files of a folder, with the meaning they have in `.gitignore`:
 *
 * - `*` matches within one path segment, `?` one character, `**` any number of segments,
 *   `[a-z]` and `[!a-z]` one character, `{a,b}` either. `\` takes the next character literally.
 *   A leading dot is nothing special: `*` matches `.env`.
 * - Without a slash (other than at its end) a pattern matches at every depth: `*.map`,
 *   `node_modules`. With one it is anchored at the folder: `/dist`, `docs/*.md`.
 * - A pattern that matches a folder covers all that is in it. With a slash at its end it matches
 *   folders only.
 * - Case counts, on every operating system; the separator is always `/`.
 *
 * `!` is not supported: there are `include` and `exclude`, and `exclude` wins.
 */
export interface GlobPattern {
  readonly text: string;
  /** Whether the pattern names this path itself, not one that is above or below it. */
  matches(path: string, isDirectory: boolean): boolean;
}

/** Why a pattern cannot be used; the caller knows where it stands. */
export class GlobSyntaxError extends Error {}

export function parseGlob(text: string): GlobPattern {
  checkShape(text);
  const directoriesOnly = text.endsWith("/");
  const path = text.replace(/^(?:\.\/)+/, "/").replace(/\/$/, "");
  const anchored = path.includes("/");
  const expression = new RegExp(`^${anchored ? "" : "(?:.*/)?"}${translate(path)}$`, "su");
  return {
    text,
    matches: (name, isDirectory) => (isDirectory || !directoriesOnly) && expression.test(name),
  };
}

function checkShape(text: string): void {
  if (text === "" || /^\/+$/.test(text)) throw new GlobSyntaxError("it is empty");
  if (text.startsWith("!")) {
    throw new GlobSyntaxError('it begins with "!": name such files in `exclude` instead');
  }
  if (text.split("/").includes("..")) {
    throw new GlobSyntaxError('it contains "..": patterns are relative to the folder');
  }
}

/** One token of a pattern, and the regular expression it stands for. */
const TOKENS =
  /\\(?<literal>.)|(?<deep>(?:^|\/)\*\*(?:\/|$))|(?<star>\*+)|(?<one>\?)|\[(?<set>[!^]?\]?[^\]/]*)\]|(?<brace>[{},])|(?<other>.)/gsu;

function translate(pattern: string): string {
  let depth = 0;
  // A slash at the front only anchors.
  const source = pattern.replace(/^\/(?!\*\*(?:\/|$))/, "").replaceAll(TOKENS, (...match) => {
    const token = match.at(-1) as Record<string, string | undefined>;
    if (token["literal"] !== undefined) return quote(token["literal"]);
    if (token["deep"] !== undefined) return deep(token["deep"]);
    if (token["star"] !== undefined) return "[^/]*";
    if (token["one"] !== undefined) return "[^/]";
    if (token["set"] !== undefined) return set(token["set"]);
    if (token["brace"] === "{") return (depth++, "(?:");
    if (token["brace"] === "}" && depth > 0) return (depth--, ")");
    if (token["brace"] === "," && depth > 0) return "|";
    const character = token["brace"] ?? token["other"] ?? "";
    if (character === "[") throw new GlobSyntaxError('a "[" is not closed');
    if (character === "\\") throw new GlobSyntaxError('it ends with "\\"');
    return quote(character);
  });
  if (depth > 0) throw new GlobSyntaxError('a "{" is not closed');
  return source;
}

/** `**` between slashes: at the front any folders or none, at the end at least one segment. */
function deep(token: string): string {
  if (token.endsWith("/")) return token.startsWith("/") ? "/(?:.*/)?" : "(?:.*/)?";
  return token.startsWith("/") ? "/.+" : ".+";
}

function set(content: string): string {
  const negated = /^[!^]/.test(content);
  const members = (negated ? content.slice(1) : content).replaceAll(/[\\\]^[&~]/g, "\\$&");
  if (members === "") throw new GlobSyntaxError('"[]" holds nothing');
  try {
    new RegExp(`[${members}]`, "u");
  } catch (cause) {
    throw new GlobSyntaxError(`"[${content}]" is not a set of characters`, { cause });
  }
  return `(?!/)[${negated ? "^" : ""}${members}]`;
}

function quote(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
