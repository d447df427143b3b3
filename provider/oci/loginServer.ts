import { InputError } from "../errors.js";
import { asWritten } from "./printable.js";

/** The address of a registry. */
export interface RegistryEndpoint {
  /** Host and port, as ids and references contain them. */
  readonly loginServer: string;
  /** Scheme, host and port, without a trailing slash. */
  readonly origin: string;
}

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.(?!$)|$))+$/;

/**
 * Reads a login server as users write it: `myregistry.azurecr.io`, `https://myregistry.azurecr.io`,
 * or, for a registry on this machine only, `http://127.0.0.1:5000`. Plain http to any other host is
 * refused: credentials would cross the network readable.
 */
export function parseLoginServer(
  value: string,
  property = "registry.loginServer",
): RegistryEndpoint {
  // An environment variable that is not set is the most frequent one.
  if (typeof value !== "string") {
    throw new InputError(property, `a login server must be a string, not ${String(value)}`);
  }
  const scheme = /^(https?):\/\//.exec(value)?.[1] ?? "https";
  const authority = value.replace(/^https?:\/\//, "").replace(/\/$/, "");
  const url = parseAuthority(scheme, authority);
  if (url === undefined) throw new InputError(property, malformed(value));
  if (scheme === "http" && !isLoopback(url.hostname)) {
    throw new InputError(
      property,
      `${asWritten(value)} is plain http, which is allowed only for this machine (127.0.0.1, [::1], localhost): ` +
        `use "https://" or the bare name`,
    );
  }
  return { loginServer: url.host, origin: url.origin };
}

/**
 * Tells whether the value is a login server in the form that {@link parseLoginServer} returns: no scheme,
 * no capitals.
 */
export function isLoginServer(value: string): boolean {
  // A URL drops the default port of its scheme, so both schemes are tried.
  return ["https", "http"].some((scheme) => parseAuthority(scheme, value)?.host === value);
}

function parseAuthority(scheme: string, authority: string): URL | undefined {
  // Without "@" and "/", there can be no user name and no path.
  if (/[^A-Za-z0-9.:[\]-]/.test(authority)) return undefined;
  const url = URL.parse(`${scheme}://${authority}/`);
  return url !== null && isHost(url.hostname) ? url : undefined;
}

function isHost(hostname: string): boolean {
  return hostname.startsWith("[") || HOST.test(hostname);
}

function malformed(value: string): string {
  // The text before an "@" may be a password, so it is not repeated.
  if (value.includes("@")) {
    return (
      "a login server is a host name without user name and password, which have settings of their own, and without " +
      'a path, for example "myregistry.azurecr.io"'
    );
  }
  return (
    `${asWritten(value)} is not a login server: expected a host name with an optional port, for example ` +
    `"myregistry.azurecr.io", without a path`
  );
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
