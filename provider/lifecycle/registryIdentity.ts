import { parseLoginServer } from "../oci/loginServer.js";
import type { PropertyBag } from "./lifecycle.js";
import { sameJson } from "./plain.js";
import { isUnknown } from "./unknown.js";

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
 * Settings that differ between a laptop and CI change nothing. A new user name or password must
 * reach the state, though: `destroy` has nothing else to sign in with.
 */
export function sameSecrets(old: unknown, now: unknown): boolean {
  const a = (old ?? {}) as PropertyBag;
  const b = (now ?? {}) as PropertyBag;
  return ["username", "password"].every((key) => sameJson(a[key] ?? null, b[key] ?? null));
}
