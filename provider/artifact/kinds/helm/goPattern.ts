import { GlobSyntaxError } from "../../../tar/globTokens.js";
import { ANY_NUMBER, matchesAll } from "../../../tar/matchesAll.js";

type CharacterTest = (character: string) => boolean;

const TOKEN =
  /\\(?<literal>.)|(?<star>\*)|(?<any>\?)|\[(?<set>\^?(?:\\.|[^\]\\])+)\]|(?<other>.)/gsu;

/** Compiles a pattern of Go's `filepath.Match`, which must match a whole path with `/`. */
export function parseGoPattern(pattern: string): (path: string) => boolean {
  const segments = pattern.split("/").map((segment) => tokenize(segment));
  return (path) => {
    const parts = path.split("/");
    return (
      parts.length === segments.length &&
      segments.every((tokens, index) =>
        matchesAll(tokens, Array.from(parts[index] ?? ""), (fits, character) => fits(character)),
      )
    );
  };
}

function tokenize(segment: string): readonly (CharacterTest | typeof ANY_NUMBER)[] {
  return Array.from(segment.matchAll(TOKEN), ({ groups = {} }) => {
    if (groups["star"] !== undefined) return ANY_NUMBER;
    if (groups["any"] !== undefined) return () => true;
    if (groups["set"] !== undefined) return parseSet(groups["set"]);
    if (groups["other"] === "[") throw new GlobSyntaxError('a "[" is not closed');
    if (groups["other"] === "\\") throw new GlobSyntaxError('it ends with "\\"');
    const literal = groups["literal"] ?? groups["other"];
    return (character: string) => character === literal;
  });
}

const RANGE = /(?<low>\\.|[^\\])(?:-(?<high>\\.|[^\\]))?/gsu;

function parseSet(content: string): CharacterTest {
  const negated = content.startsWith("^");
  const ranges = Array.from((negated ? content.slice(1) : content).matchAll(RANGE), (match) => {
    const { low = "", high = low } = match.groups ?? {};
    return [unescaped(low), unescaped(high)] as const;
  });
  return (character) =>
    ranges.some(([low, high]) => low <= character && character <= high) !== negated;
}

function unescaped(character: string): string {
  return character.startsWith("\\") ? character.slice(1) : character;
}
