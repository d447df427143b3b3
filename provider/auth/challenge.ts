/** One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. If a name is repeated, the first value counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** No registry sends a longer header; the rest is ignored. */
const LENGTH_LIMIT = 8 * 1024;
// Each expression matches one token of the grammar at a fixed position, without nested repetition, so
// parsing takes linear time.
const SCHEME = /[\s,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?=[\s,]|$)(?!\s*=)\s*/y;
const PARAMETER =
  /[\s,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))(?=[\s,]|$)/y;

/**
 * Parses the challenges of an untrusted header. Parsing stops where the header breaks the grammar. This
 * is harmless, because a challenge never decides where a credential is sent.
 */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const text = (header ?? "").slice(0, LENGTH_LIMIT);
  const challenges: Challenge[] = [];
  let at = 0;
  for (;;) {
    const scheme = matchAt(SCHEME, text, at);
    if (scheme?.[1] === undefined) return challenges;
    const parameters = new Map<string, string>();
    at = readParameters(text, at + scheme[0].length, parameters);
    challenges.push({ scheme: scheme[1].toLowerCase(), parameters });
  }
}

function readParameters(text: string, start: number, into: Map<string, string>): number {
  let at = start;
  for (;;) {
    const parameter = matchAt(PARAMETER, text, at);
    if (parameter?.[1] === undefined) return at;
    const name = parameter[1].toLowerCase();
    const value = parameter[2]?.replace(/\\(.)/g, "$1") ?? parameter[3] ?? "";
    if (!into.has(name)) into.set(name, value);
    at += parameter[0].length;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The first challenge with this scheme. */
export function findChallenge(header: string | undefined, scheme: string): Challenge | undefined {
  return parseChallenges(header).find((challenge) => challenge.scheme === scheme);
}

/**
 * Host and port of a realm outside the registry's origin, for an error message; otherwise `undefined`.
 */
export function foreignRealm(challenge: Challenge, origin: string): string | undefined {
  const realm = challenge.parameters.get("realm");
  if (realm === undefined) return undefined;
  const url = URL.parse(realm, origin);
  if (url === null) return "something that is not a URL";
  return url.origin === origin ? undefined : url.host;
}
