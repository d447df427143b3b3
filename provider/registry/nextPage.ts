import { ProtocolError } from "../errors.js";
import { sameOrigin } from "../oci/origin.js";

const LENGTH_LIMIT = 16 * 1024;
/** Link values (RFC 8288, section 3): each a target in angle brackets, then its parameters. */
const LINK_VALUE = /<([^<>]*)>([^<>]*)/g;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^";]*\s)?next(?:\s[^";]*)?"|next(?=\s*(?:[;,]|$)))/i;

/**
 * Path and query of the next page, or `undefined` on the last one (distribution-spec, "Listing Tags"; the
 * service sends the header only, and leaves it out at the end).
 *
 * Only the query of the link is used. The link must lead to the same listing on the same origin, because
 * our token goes with the request. The service writes the slash of the repository's name as `%2F` in
 * links, so paths are compared decoded, and our own path is sent.
 */
export function nextPage(
  header: string | undefined,
  request: { readonly origin: string; readonly path: string },
): string | undefined {
  const target = header === undefined ? undefined : nextTarget(header, request.path);
  if (target === undefined) return undefined;
  const [pathname = ""] = request.path.split("?");
  const url = URL.parse(target, request.origin + request.path);
  if (url === null || url.username !== "" || !sameOrigin(url, request.origin)) {
    throw refused(request.path, `leads away from ${request.origin}`);
  }
  if (decoded(url.pathname) !== pathname) throw refused(request.path, "leads to another listing");
  return pathname + url.search;
}

function nextTarget(header: string, path: string): string | undefined {
  if (header.length > LENGTH_LIMIT)
    throw refused(path, `is longer than ${LENGTH_LIMIT} characters`);
  const values = [...header.matchAll(LINK_VALUE)];
  if (values.map(([whole]) => whole).join("") !== header.trimStart()) {
    throw refused(path, "cannot be read");
  }
  return values.find(([, , parameters]) => NEXT.test(parameters ?? ""))?.[1];
}

/** `undefined` for bytes that are not UTF-8, so that the path matches none of ours. */
function decoded(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function refused(path: string, reason: string): ProtocolError {
  const [pathname] = path.split("?");
  return new ProtocolError(`${pathname}: the Link to the next page ${reason}`);
}
