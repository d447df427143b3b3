import { Readable } from "node:stream";
import { untilAborted } from "../concurrency/singleFlight.js";
import { AcrError } from "../errors.js";
import { type Digest, Digester } from "../oci/digest.js";
import type { Descriptor } from "../oci/descriptor.js";
import { type BodyLimit, SMALL_BLOB } from "./bodyLimit.js";
import { traitsOf } from "./registryTraits.js";
import type { UploadBlobOptions } from "./repository.js";
import type { RepositoryContext } from "./repositoryContext.js";
import { judgeSession } from "./sessionFailure.js";
import { checkedPiece, type UploadContent, uploadSource } from "./uploadContent.js";
import { UploadSession } from "./uploadSession.js";
import type { UploadSettings } from "./uploadSettings.js";

/** Operations of the repository that the upload uses. */
export interface StreamUploadParts {
  /** Pushes content that fits into one request. */
  readonly push: (bytes: Uint8Array) => Promise<Descriptor>;
  readonly exists: (digest: Digest) => Promise<boolean>;
}

/**
 * Uploads a stream that can be read only once. It reads one chunk ahead, so that a short stream is pushed
 * like a blob in memory. A longer one is sent in one upload session: only the chunk in memory can be sent
 * again, from the byte at which the registry stopped.
 */
export class StreamUpload {
  readonly #context: RepositoryContext;
  readonly #settings: UploadSettings;
  readonly #options: UploadBlobOptions;
  readonly #parts: StreamUploadParts;
  /** Whether a read of the source is pending. */
  #readPending = false;
  readonly #limit: BodyLimit;
  /** Size of the largest request body that the registry accepted so far. */
  #largestAccepted = 0;

  constructor(
    context: RepositoryContext,
    settings: UploadSettings,
    options: UploadBlobOptions,
    parts: StreamUploadParts,
  ) {
    this.#context = context;
    this.#settings = settings;
    this.#options = options;
    this.#parts = parts;
    this.#limit = traitsOf(context.transport).bodyLimit;
  }

  async run(content: UploadContent): Promise<Descriptor> {
    const chunkSize = Math.min(this.#settings.chunkSize ?? SMALL_BLOB, SMALL_BLOB);
    const source = uploadSource(content);
    const chunks = chunksOf(source, chunkSize);
    try {
      const first = (await this.#next(chunks)) ?? new Uint8Array();
      const second = await this.#next(chunks);
      if (second === undefined) return await this.#parts.push(first);
      return await this.#session(chunks, first, second);
    } finally {
      await this.#closeSource(chunks, source);
    }
  }

  /**
   * Closes the source. If a read is pending, the source learns of it only after that read, which may
   * never end, so it is not waited for.
   */
  async #closeSource(
    chunks: AsyncGenerator<Uint8Array, void, undefined>,
    source: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const left = chunks.return();
    // A generator that was never started does not close the stream that it would read.
    if (source instanceof Readable) source.destroy();
    if (this.#readPending) left.catch(() => undefined);
    else await left;
  }

  async #next(chunks: AsyncGenerator<Uint8Array, void, undefined>) {
    this.#options.signal?.throwIfAborted();
    this.#readPending = true;
    const asked = chunks.next().finally(() => (this.#readPending = false));
    const next = await untilAborted(asked, this.#options.signal);
    return next.done === true ? undefined : next.value;
  }

  async #session(
    chunks: AsyncGenerator<Uint8Array, void, undefined>,
    ...ahead: readonly Uint8Array[]
  ): Promise<Descriptor> {
    const { signal, mediaType = "application/octet-stream" } = this.#options;
    const session = await UploadSession.start(this.#context, undefined, signal);
    const digester = new Digester();
    const send = async (chunk: Uint8Array): Promise<void> => {
      const start = digester.size;
      digester.update(chunk);
      await this.#append(session, start, chunk);
      this.#options.onProgress?.(digester.size);
    };
    try {
      for (const chunk of ahead) await send(chunk);
      for (let chunk = await this.#next(chunks); chunk !== undefined;) {
        await send(chunk);
        chunk = await this.#next(chunks);
      }
      const { size } = digester;
      const digest = digester.digest();
      await this.#finish(session, digest);
      return { mediaType, digest, size };
    } catch (error) {
      await session.cancel();
      throw error;
    }
  }

  async #append(session: UploadSession, start: number, chunk: Uint8Array): Promise<void> {
    const end = start + chunk.length;
    let from = start;
    let failures = 0;
    while (from < end) {
      const to = Math.min(end, from + Math.max(this.#limit.most, session.minChunk));
      try {
        await session.append(from, to, chunk.subarray(from - start, to - start));
        this.#largestAccepted = Math.max(this.#largestAccepted, to - from);
        from = to;
      } catch (error) {
        failures += 1;
        this.#judge(error, failures);
        this.#judgeSize(error, to - from, session);
        await this.#settings.pause(failures, this.#options.signal);
        from = await this.#resume(session, error);
        if (from < start || from > end) throw unresumable(this.#context, error);
      }
    }
  }

  /** Asks the registry at which byte the session continues. */
  async #resume(session: UploadSession, failure: unknown): Promise<number> {
    try {
      return await session.receivedBytes();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      throw unresumable(this.#context, failure, error);
    }
  }

  async #finish(session: UploadSession, digest: Digest): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await session.finish(new Uint8Array(), digest);
        return;
      } catch (error) {
        this.#judge(error, attempt);
        // Perhaps only the answer was lost.
        if (await this.#parts.exists(digest)) return;
        await this.#settings.pause(attempt, this.#options.signal);
        await this.#resume(session, error);
      }
    }
  }

  #judge(error: unknown, attempt: number): void {
    this.#options.signal?.throwIfAborted();
    if (judgeSession(error) === "give-up" || attempt >= this.#settings.attempts) throw error;
  }

  /** Uses smaller bodies from now on; throws if that would not help. */
  #judgeSize(error: unknown, size: number, { minChunk }: UploadSession): void {
    const tooLarge = judgeSession(error) === "too-large";
    if (
      tooLarge &&
      !this.#limit.lowerAfterRefusal(size, { atLeast: minChunk, accepted: this.#largestAccepted })
    )
      throw error;
  }
}

function unresumable(context: RepositoryContext, failure: unknown, cause = failure): AcrError {
  const reason = failure instanceof Error ? failure.message : String(failure);
  return new AcrError(
    "UNAVAILABLE",
    `upload a stream to ${context.repository}: the registry dropped the session (${reason}), and a stream cannot be ` +
      `read again: try again with a new one, or push a file or bytes in memory, which are sent again automatically`,
    { cause },
  );
}

/**
 * Cuts the content into chunks of exactly `size` bytes, except for the last one, which is never empty.
 */
export async function* chunksOf(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const given of content) {
    const piece = checkedPiece(given);
    for (let taken = 0; taken < piece.length;) {
      const part = piece.subarray(taken, taken + size - filled);
      chunk.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled < size) continue;
      yield chunk;
      // The previous chunk may still be in use.
      chunk = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
