import type { Declared } from "../../artifact/retention/rules.js";
import type { Host } from "../host.js";

/** What the program has declared so far in a repository, which no policy deletes. */
export function declaredIn(host: Host, urn: string | undefined, base: string): Declared {
  const claims = host.ownership.declaredElsewhere(urn, base);
  const tags = new Set(claims.flatMap((claim) => Object.keys(claim.tags)));
  const digests = host.ownership.manifestsElsewhere(urn, base);
  const isHeld = (reference: string): boolean => host.locks.holder(reference) !== undefined;
  return {
    digest: (digest) => digests.has(digest) || isHeld(`${base}@${digest}`),
    tag: (tag) => tags.has(tag) || isHeld(`${base}:${tag}`),
  };
}
