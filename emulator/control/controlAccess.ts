import type { ReceivedRequest } from "../http/listener.js";

/**
 * Why a request may not use the control API, if it may not. It has no password, so it is for programs on this machine
 * only, and never for a page in a browser: neither one that says where it is from (`Origin`), nor one whose host name
 * was bent to the loopback address (a `Host` that is no name of the loopback).
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
