import { Transform, type TransformCallback } from "node:stream";
import { IntegrityError } from "../errors.js";
import type { Descriptor } from "./descriptor.js";
import { Digester, digestAlgorithm } from "./digest.js";

/** A descriptor, or a digest alone if the size is unknown. */
export type ExpectedContent = Pick<Descriptor, "digest"> & Partial<Pick<Descriptor, "size">>;

/**
 * Checks bytes against a descriptor. Too many bytes fail at once; too few, or a wrong digest, at the end.
 */
export class ContentCheck {
  readonly #expected: ExpectedContent;
  readonly #subject: string;
  readonly #digester: Digester;

  /** `subject` names the content in the error: a path, or a reference. */
  constructor(expected: ExpectedContent, subject: string) {
    this.#expected = expected;
    this.#subject = subject;
    this.#digester = new Digester(digestAlgorithm(expected.digest));
  }

  /** Counts and hashes the next bytes. Throws `SIZE_MISMATCH` if they are too many. */
  update(bytes: Uint8Array): void {
    this.#digester.update(bytes);
    const { size } = this.#expected;
    if (size !== undefined && this.#digester.size > size) {
      throw this.#sizeMismatch(`more than ${size}`);
    }
  }

  /** Ends the check. Throws unless the bytes match the descriptor. */
  finish(): void {
    const { size, digest } = this.#expected;
    if (size !== undefined && this.#digester.size < size)
      throw this.#sizeMismatch(String(this.#digester.size));
    const actual = this.#digester.digest();
    if (actual === digest) return;
    throw new IntegrityError(
      "DIGEST_MISMATCH",
      `${this.#subject}: the bytes have digest ${actual}, expected ${digest}`,
      { expected: digest, actual },
    );
  }

  #sizeMismatch(actual: string): IntegrityError {
    const expected = String(this.#expected.size);
    return new IntegrityError(
      "SIZE_MISMATCH",
      `${this.#subject}: there are ${actual} bytes, expected ${expected}`,
      { expected, actual },
    );
  }
}

/**
 * Passes bytes on and checks them against a descriptor. Too many bytes fail at once; too few, or a wrong
 * digest, fail instead of the end of the stream, so that a reader that waits for the end never accepts
 * wrong content.
 */
export class VerifiedStream extends Transform {
  readonly #check: ContentCheck;

  /** `subject` names the content in the error: a path, or a reference. */
  constructor(expected: Pick<Descriptor, "digest" | "size">, subject: string) {
    super({ highWaterMark: 1 << 20 });
    this.#check = new ContentCheck(expected, subject);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#check.update(chunk);
    } catch (error) {
      return done(error as Error);
    }
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#check.finish();
    } catch (error) {
      return done(error as Error);
    }
    done();
  }
}
