import type { ReceivedRequest } from "../http/listener.js";

/**
 * Says why a request may not use the control API; `undefined` if it may. The API has no password, so it
 * is only for programs on this machine, and never for a page in a browser: neither one that sends its
 * `Origin`, nor one whose host name was made to resolve to the loopback address (its `Host` is not a name
 * of the loopback).
 */
export function refusal({ headers, remoteAddress }: ReceivedRequest): string | undefined {
  if (!isLoopback(remoteAddress)) return "The control API answers to this machine only.";
  if (headers.origin !== undefined) return "The control API is not for pages in a browser.";
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  if (!/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host)) {
    return "The control API is reached as localhost, 127.0.0.1 or [::1] only.";
  }
  return undefined;
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\./.test(address) || address === "::1";
}
