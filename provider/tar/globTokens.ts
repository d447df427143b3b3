import { ANY_NUMBER } from "./matchesAll.js";

/** A pattern with a syntax error. The caller adds where the pattern stands. */
export class GlobSyntaxError extends Error {}

/** Tells whether one character matches. */
export type CharacterTest = (character: string) => boolean;
export type CharacterToken = CharacterTest | typeof ANY_NUMBER;

export type GlobToken =
  | { readonly kind: "character"; readonly token: CharacterToken }
  | { readonly kind: "slash" | "open" | "comma" | "close" };

const TOKEN =
  /\\(?<literal>.)|(?<star>\*)|\[(?<set>[!^]?\]?[^\]/]*)\]|(?<sign>[/?{},[\\])|(?<other>.)/gsu;

export function tokenize(pattern: string): readonly GlobToken[] {
  return Array.from(pattern.matchAll(TOKEN), ({ groups = {} }) => tokenOf(groups));
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): GlobToken {
  if (groups["star"] !== undefined) return character(ANY_NUMBER);
  if (groups["set"] !== undefined) return character(parseSet(groups["set"]));
  switch (groups["sign"]) {
    case "/":
      return { kind: "slash" };
    case "?":
      return character(() => true);
    case "{":
      return { kind: "open" };
    case ",":
      return { kind: "comma" };
    case "}":
      return { kind: "close" };
    case "[":
      throw new GlobSyntaxError('a "[" is not closed');
    case "\\":
      throw new GlobSyntaxError('it ends with "\\"');
    default:
      return literal(groups["literal"] ?? groups["other"] ?? "");
  }
}

function literal(text: string): GlobToken {
  return text === "/" ? { kind: "slash" } : character((other) => other === text);
}

function character(token: CharacterToken): GlobToken {
  return { kind: "character", token };
}

function parseSet(content: string): CharacterTest {
  const negated = /^[!^]/.test(content);
  const members = (negated ? content.slice(1) : content).replaceAll(/[\\\]^[&~]/g, "\\$&");
  if (members === "") throw new GlobSyntaxError('"[]" holds nothing');
  try {
    const expression = new RegExp(`^[${members}]$`, "u");
    return (other) => expression.test(other) !== negated;
  } catch (cause) {
    throw new GlobSyntaxError(`"[${content}]" is not a set of characters`, { cause });
  }
}

/** Braces may be nested; a pattern may expand to at most this many alternatives. */
const MOST_ALTERNATIVES = 1000;

/** Expands `{a,b}`: returns one list of tokens for each combination. */
export function alternatives(tokens: readonly GlobToken[]): readonly (readonly GlobToken[])[] {
  return readSequence({ tokens, position: 0 }, false);
}

interface TokenReader {
  readonly tokens: readonly GlobToken[];
  position: number;
}

type TokenLists = readonly (readonly GlobToken[])[];

function readSequence(reader: TokenReader, inBraces: boolean): TokenLists {
  let lists: TokenLists = [[]];
  for (;;) {
    const token = reader.tokens[reader.position];
    if (token === undefined) return lists;
    if (inBraces && (token.kind === "comma" || token.kind === "close")) return lists;
    reader.position++;
    const next = token.kind === "open" ? readBraces(reader) : [[asCharacter(token)]];
    lists = lists.flatMap((front) => next.map((back) => [...front, ...back]));
    if (lists.length > MOST_ALTERNATIVES) throw new GlobSyntaxError("it has too many alternatives");
  }
}

function readBraces(reader: TokenReader): TokenLists {
  const options: (readonly GlobToken[])[] = [];
  for (;;) {
    options.push(...readSequence(reader, true));
    const end = reader.tokens[reader.position++];
    if (end === undefined) throw new GlobSyntaxError('a "{" is not closed');
    if (end.kind === "close") return options;
  }
}

/** Outside of braces, these are ordinary characters. */
function asCharacter(token: GlobToken): GlobToken {
  if (token.kind === "comma") return literal(",");
  return token.kind === "close" ? literal("}") : token;
}
