import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

import type { ParsedDigest } from "../wire/digest.js";

/**
 * Signed, expiring addresses for blob reads. Path and query look like the recorded ones (js SDK,
 * can_upload_blob_from_a_buffer); the signature is our own.
 */
export class SharedAccess {
  private readonly key = randomBytes(32);
  private readonly registryId = randomBytes(16).toString("hex");

  constructor(
    private readonly lifetimeSeconds: number,
    private readonly scheme: "http" | "https",
    private readonly now: () => number,
  ) {}

  /** Path and query below the storage origin. */
  sign(digest: ParsedDigest): string {
    const expires = new Date(this.now() + this.lifetimeSeconds * 1000);
    const se = `${expires.toISOString().slice(0, 19)}Z`;
    const path = `/${this.registryId}-emulator//docker/registry/v2/blobs/${digest.algorithm}/${digest.hex.slice(0, 2)}/${digest.hex}/data`;
    const query = new URLSearchParams({
      se,
      sig: this.signature(path, se),
      sp: "r",
      spr: this.scheme,
      sr: "b",
      sv: "2018-03-28",
      regid: this.registryId,
    });
    return `${path}?${query.toString()}`;
  }

  /** Whether a request has a valid signature for this path that has not expired. */
  permits(path: string, query: URLSearchParams): boolean {
    const se = query.get("se") ?? "";
    const given = Buffer.from(query.get("sig") ?? "");
    const wanted = Buffer.from(this.signature(path, se));
    const genuine = given.length === wanted.length && timingSafeEqual(given, wanted);
    return genuine && Date.parse(se) > this.now();
  }

  private signature(path: string, expires: string): string {
    return createHmac("sha256", this.key).update(`r\n${expires}\n${path}`).digest("base64");
  }
}

/** The digest in a storage path. */
export function digestInPath(path: string): string | undefined {
  const match =
    /\/\/docker\/registry\/v2\/blobs\/(sha256|sha512)\/[0-9a-f]{2}\/([0-9a-f]+)\/data$/.exec(path);
  return match === null ? undefined : `${match[1] ?? ""}:${match[2] ?? ""}`;
}
