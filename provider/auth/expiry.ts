/**
 * Reads the expiry of a JSON Web Token without checking its signature, because it only decides how long
 * to keep the token. `undefined` if it is not such a token.
 */
export function expiryOf(token: string): number | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as unknown;
    const seconds = (claims as { exp?: unknown } | null)?.exp;
    return typeof seconds === "number" && Number.isFinite(seconds) ? seconds * 1000 : undefined;
  } catch {
    return undefined; // An opaque token: the token protocol allows any text.
  }
}

/** The lifetime of a token without an expiry, by Docker's token protocol. */
const DEFAULT_LIFETIME_MS = 60_000;

/**
 * Milliseconds until a token expires, by the server's clock (`Date` of the answer that contained it), so
 * that a wrong local clock neither discards tokens early nor keeps them too long.
 */
export function lifetimeOf(
  token: string,
  facts: { readonly serverTime: number; readonly expiresInSeconds?: number },
): number {
  const expiry = expiryOf(token);
  if (expiry !== undefined) return Math.max(0, expiry - facts.serverTime);
  return facts.expiresInSeconds === undefined ? DEFAULT_LIFETIME_MS : facts.expiresInSeconds * 1000;
}

/** How long to use an access token: until 60 s before its end, or 80 % of a shorter lifetime. */
export function accessTokenUse(lifetimeMs: number): number {
  return Math.max(0.8 * lifetimeMs, lifetimeMs - 60_000);
}

/**
 * How long to use a refresh token: until five minutes before its end, as Microsoft's clients do, or half
 * of a shorter lifetime.
 */
export function refreshTokenUse(lifetimeMs: number): number {
  return Math.max(0.5 * lifetimeMs, lifetimeMs - 300_000);
}
