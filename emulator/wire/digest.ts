import { createHash } from "node:crypto";

/** The two registered algorithms: OCI image-spec 1.1, descriptor.md, "Registered Algorithms". */
export type DigestAlgorithm = "sha256" | "sha512";

/** A digest with a checked form, split at the colon. */
export interface ParsedDigest {
  readonly text: string;
  readonly algorithm: DigestAlgorithm;
  readonly hex: string;
}

const wellFormed = /^(?:(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128}))$/;

export function parseDigest(text: string): ParsedDigest | undefined {
  const match = wellFormed.exec(text);
  if (match === null) return undefined;
  const hex = match[2] ?? match[4];
  if (hex === undefined) return undefined;
  return { text, algorithm: match[1] === undefined ? "sha512" : "sha256", hex };
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): ParsedDigest {
  const hex = createHash(algorithm).update(bytes).digest("hex");
  return { text: `${algorithm}:${hex}`, algorithm, hex };
}
