/**
 * Reads the expiry of a JSON Web Token without checking its signature: it is only asked how long the
 * token may be kept, never what it allows. `undefined` if it is not such a token.
 */
export function expiryOf(token: string): number | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as unknown;
    const seconds = (claims as { exp?: unknown } | null)?.exp;
    return typeof seconds === "number" && Number.isFinite(seconds) ? seconds * 1000 : undefined;
  } catch {
    return undefined; // An opaque token: distribution-spec's token protocol allows any text.
  }
}

/** Docker's token protocol: a token without an expiry lasts 60 seconds. */
const DEFAULT_LIFETIME_MS = 60_000;

/**
 * Milliseconds that a token has left. The server's own clock is what counts (`Date` of the answer
 * that brought it), so that a machine whose clock is wrong neither discards nor overuses tokens.
 */
export function lifetimeOf(
  token: string,
  facts: { readonly serverTime: number; readonly expiresInSeconds?: number },
): number {
  const expiry = expiryOf(token);
  if (expiry !== undefined) return Math.max(0, expiry - facts.serverTime);
  return facts.expiresInSeconds === undefined ? DEFAULT_LIFETIME_MS : facts.expiresInSeconds * 1000;
}

/** When to get a new access token: 60 s before the end, or at 80 % of a life too short for that. */
export function accessTokenUse(lifetimeMs: number): number {
  return Math.max(0.8 * lifetimeMs, lifetimeMs - 60_000);
}

/** When to get a new refresh token: five minutes before the end, as Microsoft's clients do. */
export function refreshTokenUse(lifetimeMs: number): number {
  return Math.max(0.5 * lifetimeMs, lifetimeMs - 300_000);
}
