import {
  alternatives,
  GlobSyntaxError,
  tokenize,
  type CharacterToken,
  type GlobToken,
} from "./globTokens.js";
import { ANY_NUMBER, matchesAll } from "./matchesAll.js";

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
 *
 * Matching takes no backtracking but to the last `*` and the last `**`: no pattern is slow.
 */
export interface GlobPattern {
  /** Whether the pattern names this path itself, not one that is above or below it. */
  matches(path: string, isDirectory: boolean): boolean;
}

export function parseGlob(text: string): GlobPattern {
  checkShape(text);
  const patterns = alternatives(tokenize(text.replace(/^(?:\.\/+)+/, "/"))).map(parsePath);
  return {
    matches(path, isDirectory) {
      const segments = path.split("/").map((segment) => Array.from(segment));
      return patterns.some((pattern) => matchesPath(pattern, segments, isDirectory));
    },
  };
}

function checkShape(text: string): void {
  if (/^\/*$/.test(text)) throw new GlobSyntaxError("it is empty");
  if (text.startsWith("!")) {
    throw new GlobSyntaxError('it begins with "!": name such files in `exclude` instead');
  }
  if (text.split("/").includes("..")) {
    throw new GlobSyntaxError('it contains "..": patterns are relative to the folder');
  }
}

type SegmentPattern = readonly CharacterToken[];
type SegmentToken = SegmentPattern | typeof ANY_NUMBER;

interface PathPattern {
  readonly segments: readonly SegmentToken[];
  readonly directoriesOnly: boolean;
}

function parsePath(tokens: readonly GlobToken[]): PathPattern {
  const parts: CharacterToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "character") parts.at(-1)?.push(token.token);
    else parts.push([]);
  }
  const directoriesOnly = parts.length > 1 && parts.at(-1)?.length === 0;
  const anchored = parts.length > (directoriesOnly ? 2 : 1);
  const segments: SegmentToken[] = parts.filter(({ length }) => length > 0).map(segmentToken);
  if (segments.length === 0) throw new GlobSyntaxError("one of its alternatives is empty");
  // At the end, `**` means everything below: at least one more segment.
  if (segments.at(-1) === ANY_NUMBER) segments.push([ANY_NUMBER]);
  return { segments: anchored ? segments : [ANY_NUMBER, ...segments], directoriesOnly };
}

function segmentToken(characters: CharacterToken[]): SegmentToken {
  const isDeep = characters.length === 2 && characters.every((token) => token === ANY_NUMBER);
  return isDeep ? ANY_NUMBER : characters;
}

function matchesPath(
  { segments, directoriesOnly }: PathPattern,
  path: readonly (readonly string[])[],
  isDirectory: boolean,
): boolean {
  if (directoriesOnly && !isDirectory) return false;
  return matchesAll(segments, path, (segment: SegmentPattern, characters) =>
    matchesAll(segment, characters, (fits, character) => fits(character)),
  );
}
