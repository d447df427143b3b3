import { createHash, hash } from "node:crypto";
import { InputError } from "../errors.js";
import { asWritten } from "./printable.js";

/**
 * A content digest, `sha256:…` or `sha512:…` in lower-case hex (image-spec, descriptor.md, "Digests"). It is
 * only made by parsing or hashing, so that it is known to be safe in a URL or a path.
 */
export type Digest = string & { readonly [digestBrand]: true };
declare const digestBrand: unique symbol;

export type DigestAlgorithm = "sha256" | "sha512";

const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === "string" && DIGEST.test(value);
}

/**
 * Parses a digest from a user or a server.
 * @param property Name of the argument, for the error.
 * @throws InputError if it is not a digest.
 */
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

/** Computes the digest of bytes in memory. */
export function digestOf(
  bytes: Uint8Array | string,
  algorithm: DigestAlgorithm = "sha256",
): Digest {
  return `${algorithm}:${hash(algorithm, bytes, "hex")}` as Digest;
}

/** Computes a digest piece by piece. */
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

  /** The digest of all bytes. The digester cannot be used afterwards. */
  digest(): Digest {
    return `${this.#algorithm}:${this.#hash.digest("hex")}` as Digest;
  }
}
