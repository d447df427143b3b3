import { pipeline, Readable } from "node:stream";
import { linkedSignal } from "../concurrency/linkedSignal.js";
import { hasCode, isAcrError, IntegrityError, ProtocolError } from "../errors.js";
import type { RegistryResponse } from "../http/transport.js";
import type { Digest } from "../oci/digest.js";
import { VerifiedStream } from "../oci/verifiedStream.js";
import type { FetchBlobOptions } from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { blobPath } from "./urls.js";
import { quoted } from "../oci/printable.js";

/** A download fails if connections keep breaking with less progress than this in between. */
const PROGRESS = 1024 * 1024;
const CUTS = 5;

/** A blob to download. Its size may be unknown until the first answer. */
export interface WantedBlob {
  readonly digest: Digest;
  readonly size: number | undefined;
}

/**
 * Opens a blob for reading. Waits for the first answer, so that "not found" rejects. A download that
 * breaks off later is resumed (RFC 9110, section 14) through the registry, since the storage's signed URL
 * may have expired.
 */
export async function openBlob(
  context: RepositoryContext,
  blob: WantedBlob,
  options: FetchBlobOptions = {},
): Promise<Readable> {
  const unwanted = new AbortController();
  const { signal = unwanted.signal } = options;
  const { signal: either, unlink } = linkedSignal(signal, unwanted.signal);
  const download = new BlobDownload(context, blob, { ...options, signal: either });
  const first = await download.request(0).catch((error: unknown) => {
    unlink();
    throw error;
  });
  const source = Readable.from(download.bytes(first), { objectMode: false });
  const expected = { digest: blob.digest, size: download.size };
  const verified = new VerifiedStream(expected, nameOf(context, blob.digest));
  // Destroying the stream while it waits for bytes ends the wait, and nothing more is requested.
  verified.once("close", () => {
    unwanted.abort();
    unlink();
  });
  // The reader sees the outcome: a failure destroys the stream that it holds.
  pipeline(source, verified, () => undefined);
  return verified;
}

class BlobDownload {
  readonly #context: RepositoryContext;
  readonly #blob: WantedBlob;
  readonly #options: FetchBlobOptions;
  readonly #operation: string;
  #size: number | undefined;

  constructor(context: RepositoryContext, blob: WantedBlob, options: FetchBlobOptions) {
    this.#context = context;
    this.#blob = blob;
    this.#options = options;
    this.#size = blob.size;
    this.#operation = `fetch the blob ${nameOf(context, blob.digest)}`;
  }

  /** Known after the first answer. */
  get size(): number {
    return this.#size ?? 0;
  }

  /** Requests everything from byte `start`. */
  async request(start: number): Promise<RegistryResponse> {
    const response = await this.#context.transport.send({
      method: "GET",
      path: blobPath(this.#context.repository, this.#blob.digest),
      scopes: [scopeOf(this.#context, "pull")],
      operation: this.#operation,
      headers: start === 0 ? {} : { range: `bytes=${start}-` },
      expect: start === 0 ? [200] : [200, 206],
      repeatable: true,
      followRedirect: true,
      signal: this.#options.signal,
    });
    try {
      this.#check(response, start);
    } catch (error) {
      await response.discard();
      throw error;
    }
    return response;
  }

  async *bytes(first: RegistryResponse): AsyncGenerator<Buffer, void, undefined> {
    let position = 0;
    let response = first;
    for (let cuts = 0, since = 0; ;) {
      try {
        for await (const piece of skipping(response.stream(), this.#overlap(response, position))) {
          position += piece.length;
          this.#options.onProgress?.(position);
          yield piece;
        }
        return;
      } catch (error) {
        cuts = position - since >= PROGRESS ? 1 : cuts + 1;
        since = position;
        if (cuts > CUTS || !isCut(error) || position >= this.size) throw error;
      }
      response = await this.request(position);
    }
  }

  /**
   * How many bytes at the start of an answer to skip: a server that does not support ranges starts again
   * at 0.
   */
  #overlap(response: RegistryResponse, position: number): number {
    return response.status === 206 ? 0 : position;
  }

  #check(response: RegistryResponse, start: number): void {
    if (response.status === 206) return this.#checkRange(response, start);
    const length = response.header("content-length");
    const size = (this.#size ??= statedSize(length, this.#operation));
    if (length === undefined || Number(length) === size) return;
    throw new IntegrityError(
      "SIZE_MISMATCH",
      `${this.#operation}: the registry has ${length} bytes, expected ${size}`,
      { expected: String(size), actual: length },
    );
  }

  #checkRange(response: RegistryResponse, start: number): void {
    const range = response.header("content-range") ?? "";
    const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range);
    const [, from, , total] = match ?? [];
    const fits = Number(from) === start && (total === "*" || Number(total) === this.#size);
    if (match !== null && fits) return;
    throw new ProtocolError(
      `${this.#operation}: asked for the bytes from ${start} on, got Content-Range ${quoted(range, 100)}`,
    );
  }
}

function statedSize(length: string | undefined, operation: string): number {
  const size = Number(length ?? Number.NaN);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new ProtocolError(
    `${operation}: the registry does not say how long the blob is; give its size with its digest`,
  );
}

async function* skipping(stream: Readable, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    const kept = piece.subarray(Math.min(left, piece.length));
    left -= piece.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}

/** Tells whether the connection broke: an error of the network, or our own error about it. */
function isCut(error: unknown): boolean {
  if (isAcrError(error)) return hasCode(error, "UNAVAILABLE", "STALLED");
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return typeof code === "string" && name !== "AbortError";
}
