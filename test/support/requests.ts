import type { Emulator } from "pulumi-acr/emulator";

type Entry = Emulator["journal"]["entries"][number];

const KINDS: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^\/v2\/.+\/manifests\/sha256:/, () => "manifest"],
  [/^\/v2\/.+\/manifests\/([^/]+)$/, (tag) => `tag ${tag}`],
  [/^\/v2\/.+\/blobs\/sha256:/, () => "blob"],
  [/^\/v2\/.+\/blobs\/uploads\/\?digest=/, () => "whole blob"],
  [/^\/v2\/.+\/blobs\/uploads\//, () => "upload"],
  [/^\/v2\/.+\/referrers\//, () => "referrers"],
  [/^\/acr\/v1\/.+\/_manifests\/sha256:/, () => "manifest properties"],
  [/^\/acr\/v1\/.+\/_tags\/([^/?]+)/, (tag) => `tag properties ${tag}`],
  [/^\/acr\/v1\/.+\/_tags(?:\?|$)/, () => "tags"],
  [/^\/acr\/v1\/.+\/_manifests(?:\?|$)/, () => "manifests"],
];

/** Requests since the journal was cleared, without those for tokens: `PUT manifest`. */
export function requestsTo({ journal }: Emulator): string[] {
  return journal.entries.filter((entry) => !isToken(entry)).map(describeRequest);
}

/** The actions of each requested access token, in the token endpoint's words. */
export function tokensFrom({ journal }: Emulator): string[] {
  return journal.entries.filter(isToken).map(({ query, path }) => {
    const scopes = new URLSearchParams(query).getAll("scope");
    return scopes.map((scope) => scope.split(":").at(-1)).join(" ") || path;
  });
}

/** Requests that may change something: all but GET and HEAD. */
export function writesTo(emulator: Emulator): string[] {
  return requestsTo(emulator).filter((line) => !/^(?:GET|HEAD) /.test(line));
}

function isToken({ path }: Entry): boolean {
  return path.startsWith("/oauth2/");
}

function describeRequest({ method, path, query, server }: Entry): string {
  if (server === "storage") return `${method} content`;
  const target = query === "" ? path : `${path}?${query}`;
  for (const [pattern, describe] of KINDS) {
    const match = pattern.exec(target);
    if (match !== null) return `${method} ${describe(match[1] ?? "")}`;
  }
  return `${method} ${path}`;
}
