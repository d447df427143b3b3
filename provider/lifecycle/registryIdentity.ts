import { parseLoginServer } from "../oci/loginServer.js";
import type { PropertyBag } from "./lifecycle.js";
import { sameJson } from "./plain.js";
import { isUnknown } from "../arguments/unknown.js";

/** Whether two registry settings mean the same registry, which depends on the login server alone. */
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
 * Whether the other settings are equal. A change of these changes nothing in the registry. But it must
 * reach the state, by an update without requests, because refresh and destroy sign in with the settings
 * in the state.
 */
export function sameSettings(old: unknown, now: unknown): boolean {
  return sameJson(settings(old), settings(now));
}

function settings(registry: unknown): PropertyBag {
  const { loginServer: _identity, ...rest } = (registry ?? {}) as PropertyBag;
  return rest;
}
