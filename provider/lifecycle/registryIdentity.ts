import { parseLoginServer } from "../oci/loginServer.js";
import type { PropertyBag } from "./lifecycle.js";
import { sameJson } from "./plain.js";
import { isUnknown } from "../arguments/unknown.js";

/** Of the registry settings only the login server says where things are. */
export function sameRegistry(old: unknown, now: unknown): boolean {
  const a = loginServer(old);
  const b = loginServer(now);
  return a === b;
}

function loginServer(registry: unknown): string | undefined {
  const written = (registry as PropertyBag | undefined)?.["loginServer"];
  if (typeof written !== "string" || isUnknown(written)) return undefined;
  return parseLoginServer(written).loginServer;
}

/**
 * The other settings change nothing in the registry. They must reach the state, though, by an update
 * that makes no request of its own: a refresh and a destroy have nothing else to sign in with.
 */
export function sameSettings(old: unknown, now: unknown): boolean {
  return sameJson(settings(old), settings(now));
}

function settings(registry: unknown): PropertyBag {
  const { loginServer: _identity, ...rest } = (registry ?? {}) as PropertyBag;
  return rest;
}
