/** One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case; of a repeated name the first value counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** More than any registry sends; the rest is not looked at. */
const LENGTH_LIMIT = 8 * 1024;
// One token of the grammar at a time, each anchored and without nested repetition: time is linear.
const SCHEME = /[\s,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?=[\s,]|$)(?!\s*=)\s*/y;
const PARAMETER =
  /[\s,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))(?=[\s,]|$)/y;

/**
 * Reads the challenges of a header that anybody may have written. What does not follow the grammar
 * ends the reading: a challenge is a signal, and nothing of it decides where a credential goes.
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

/** The first challenge of a scheme. */
export function findChallenge(header: string | undefined, scheme: string): Challenge | undefined {
  return parseChallenges(header).find((challenge) => challenge.scheme === scheme);
}

/** Host and port of a realm that is not on the registry's own origin, to be named in an error. */
export function foreignRealm(challenge: Challenge, origin: string): string | undefined {
  const realm = challenge.parameters.get("realm");
  if (realm === undefined) return undefined;
  const url = URL.parse(realm, origin);
  if (url === null) return "something that is not a URL";
  return url.origin === origin ? undefined : url.host;
}
