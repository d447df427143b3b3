import { Transform, type TransformCallback } from "node:stream";
import { IntegrityError } from "../errors.js";
import type { Descriptor } from "./descriptor.js";
import { Digester, digestAlgorithm } from "./digest.js";

/**
 * Passes bytes on and fails unless they are exactly what the descriptor says: too many fail at once,
 * too few and other bytes fail before the end is announced, so that a consumer that waits for the end
 * never takes wrong content for right.
 */
export class VerifiedStream extends Transform {
  readonly #expected: Pick<Descriptor, "digest" | "size">;
  readonly #subject: string;
  readonly #digester: Digester;

  /** `subject` names the content in the error: a path, or a reference. */
  constructor(expected: Pick<Descriptor, "digest" | "size">, subject: string) {
    super({ highWaterMark: 1 << 20 });
    this.#expected = expected;
    this.#subject = subject;
    this.#digester = new Digester(digestAlgorithm(expected.digest));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#digester.update(chunk);
    if (this.#digester.size > this.#expected.size) done(this.#sizeMismatch("more than "));
    else done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    if (this.#digester.size < this.#expected.size) return done(this.#sizeMismatch(""));
    const actual = this.#digester.digest();
    if (actual === this.#expected.digest) return done();
    done(
      new IntegrityError(
        "DIGEST_MISMATCH",
        `${this.#subject}: the bytes have digest ${actual}, expected ${this.#expected.digest}`,
        { expected: this.#expected.digest, actual },
      ),
    );
  }

  #sizeMismatch(prefix: string): IntegrityError {
    const { size } = this.#expected;
    const actual = `${prefix}${prefix === "" ? this.#digester.size : size}`;
    return new IntegrityError(
      "SIZE_MISMATCH",
      `${this.#subject}: there are ${actual} bytes, expected ${size}`,
      { expected: String(size), actual },
    );
  }
}
