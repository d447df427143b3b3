import { createHash, hash } from "node:crypto";
import { InputError } from "../errors.js";
import { asWritten } from "./printable.js";

/**
 * A content digest, `sha256:…` or `sha512:…` in lower-case hex. Made only by parsing or by hashing,
 * so that a string that reached a URL or a path is known to be safe there
 * (image-spec, descriptor.md, "Digests").
 */
export type Digest = string & { readonly [digestBrand]: true };
declare const digestBrand: unique symbol;

export type DigestAlgorithm = "sha256" | "sha512";

const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === "string" && DIGEST.test(value);
}

/** Parses a digest from a user or a server. `property` names the place in the error. */
export function parseDigest(value: string, property = "digest"): Digest {
  if (isDigest(value)) return value;
  throw new InputError(
    property,
    `${asWritten(value)} is not a digest: expected "sha256:" and 64 lower-case hexadecimal digits` +
      ` (or "sha512:" and 128)`,
  );
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith("sha256:") ? "sha256" : "sha512";
}

/** Digest of bytes that are in memory. */
export function digestOf(
  bytes: Uint8Array | string,
  algorithm: DigestAlgorithm = "sha256",
): Digest {
  return `${algorithm}:${hash(algorithm, bytes, "hex")}` as Digest;
}

/** Hashes bytes as they pass. */
export class Digester {
  readonly #hash;
  readonly #algorithm: DigestAlgorithm;
  #size = 0;

  constructor(algorithm: DigestAlgorithm = "sha256") {
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  /** Bytes hashed so far. */
  get size(): number {
    return this.#size;
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  /** Ends the digester. */
  digest(): Digest {
    return `${this.#algorithm}:${this.#hash.digest("hex")}` as Digest;
  }
}
