/**
 * Tells whether scheme, host and port are the same, and so whether a credential may be sent there.
 * Comparing host names alone let tokens leak to another port of the same machine (oras-go
 * GHSA-vh4v-2xq2-g5cg).
 */
export function sameOrigin(a: URL | string, b: URL | string): boolean {
  return new URL(a).origin === new URL(b).origin;
}
