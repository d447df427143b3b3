import { untilAborted } from "../concurrency/singleFlight.js";
import type { RegistryError } from "../errors.js";
import type { RequestBody } from "../http/transport.js";
import type { Blob } from "../oci/blob.js";
import { BlobReader } from "./blobReader.js";
import { type BodyLimit, SMALL_BLOB } from "./bodyLimit.js";
import { checkDigestHeader } from "./digestHeader.js";
import { isRegistryError } from "./refusal.js";
import { traitsOf } from "./registryTraits.js";
import type { PushBlobOptions, PushOutcome } from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { exhausted, judgeSession } from "./sessionFailure.js";
import { UploadSession } from "./uploadSession.js";
import type { UploadSettings } from "./uploadSettings.js";
import { singlePostPath } from "./urls.js";

/** Up to this size, asking whether the registry has the blob costs more than sending it. */
const TINY_BLOB = 64 * 1024;

/**
 * Uploads one blob: in as few requests as its size and the registry allow, and in as many upload sessions
 * as it takes.
 */
export class BlobPush {
  readonly #context: RepositoryContext;
  readonly #blob: Blob;
  readonly #settings: UploadSettings;
  readonly #options: PushBlobOptions;
  readonly #exists: () => Promise<boolean>;
  readonly #operation: string;
  #reader: BlobReader;
  readonly #limit: BodyLimit;
  /**
   * Most bytes per request for this blob. Reduced after a cut connection, because the size may have been
   * the reason.
   */
  #limitAfterCut = Number.POSITIVE_INFINITY;
  /** Size of the last request body. */
  #lastBodySize = 0;
  #sent = 0;
  /** Size of the largest request body that the registry accepted so far. */
  #largestAccepted = 0;

  /** @param exists Asks the registry whether it has the blob. */
  constructor(
    context: RepositoryContext,
    blob: Blob,
    settings: UploadSettings,
    options: PushBlobOptions,
    exists: () => Promise<boolean>,
  ) {
    this.#context = context;
    this.#blob = blob;
    this.#settings = settings;
    this.#options = options;
    this.#exists = exists;
    this.#limit = traitsOf(context.transport).bodyLimit;
    this.#operation = `push the blob ${nameOf(context, blob.descriptor.digest)}`;
    this.#reader = this.#newReader();
  }

  async run(): Promise<PushOutcome> {
    const { size } = this.#blob.descriptor;
    try {
      if ((this.#options.askFirst ?? size > TINY_BLOB) && (await this.#exists())) return "existed";
      const opened = this.#maySinglePost() ? await this.#singlePost() : "unsent";
      if (opened !== "done") await this.#sessions(opened === "unsent" ? undefined : opened);
      return "uploaded";
    } finally {
      this.#reader.close();
    }
  }

  /**
   * A registry that does not support the single POST ignores the body or cuts the connection. So a large
   * blob is only sent this way if the registry is an ACR or has accepted a single POST before.
   */
  #maySinglePost(): boolean {
    const { size } = this.#blob.descriptor;
    const { singlePost, acr } = traitsOf(this.#context.transport);
    if (singlePost === false || size > this.#wholeLimit || size > this.#limit.most) return false;
    return size <= TINY_BLOB || singlePost === true || acr === true;
  }

  /**
   * Tries to send everything in one request (distribution-spec, "Single POST"). A registry that does not
   * support this opens an upload session instead, which is returned.
   */
  async #singlePost(): Promise<"done" | "unsent" | UploadSession> {
    const { transport, repository } = this.#context;
    const { digest, size } = this.#blob.descriptor;
    const traits = traitsOf(transport);
    try {
      const response = await transport.send({
        method: "POST",
        path: singlePostPath(repository, digest),
        scopes: [scopeOf(this.#context, "pull", "push")],
        operation: this.#operation,
        headers: { "content-type": "application/octet-stream" },
        body: size <= TINY_BLOB ? await this.#bytes() : this.#body(0, size),
        expect: [201, 202],
        // The digest names the content, so sending the same bytes twice has no further effect.
        repeatable: true,
        signal: this.#options.signal,
      });
      traits.singlePost = response.status === 201;
      if (response.status === 202) {
        return await UploadSession.from(this.#context, digest, response, this.#options.signal);
      }
      await response.discard();
      checkDigestHeader(response, digest, this.#operation);
      this.#options.onProgress?.(size);
      return "done";
    } catch (error) {
      if (!isRegistryError(error) || error.status !== 413) throw this.#reader.failure ?? error;
      // A smaller body would not help, but a session may: some proxies limit POST only.
      if (!this.#limit.lowerAfterRefusal(size, { atLeast: 0, accepted: this.#largestAccepted }))
        traits.singlePost = false;
      return "unsent";
    }
  }

  /** Sends the blob in an upload session. After a failure it continues there, or else begins in a new one. */
  async #sessions(opened: UploadSession | undefined): Promise<void> {
    let session = opened;
    let [from, furthest, lost] = [0, 0, 0];
    for (let attempt = 1; ; attempt += 1) {
      try {
        session ??= await this.#start();
        await this.#send(session, from);
        return;
      } catch (error) {
        const resumed = await this.#recover(session, error, attempt);
        if (resumed === "done") return;
        from = resumed;
      }
      // Only lost sessions count, and failures without progress.
      if (from === 0) [session, furthest, lost] = [undefined, 0, attempt];
      else if (from > furthest) [attempt, furthest] = [lost, from];
    }
  }

  /** The byte from which to continue in this session; 0: it was cancelled, and a new one is needed. */
  async #recover(
    session: UploadSession | undefined,
    failure: unknown,
    attempt: number,
  ): Promise<number | "done"> {
    const kept = session?.survives(failure) === true ? session : undefined;
    if (kept === undefined) await session?.cancel();
    let from = 0;
    try {
      this.#judge(failure, attempt, session?.minChunk ?? 0);
      this.#reader.close();
      // Perhaps only the answer was lost.
      if (await this.#exists()) return "done";
      await this.#settings.pause(attempt, this.#options.signal);
      from = (await kept?.resume(this.#blob.descriptor.size)) ?? 0;
      return from;
    } finally {
      if (from === 0) await kept?.cancel();
    }
  }

  /** Throws if another attempt would fail as well. */
  #judge(error: unknown, attempt: number, minChunk: number): void {
    const { failure } = this.#reader;
    if (failure !== undefined) throw failure;
    const verdict = judgeSession(error);
    if (verdict === "give-up") throw error;
    const final =
      verdict === "too-large" &&
      !this.#limit.lowerAfterRefusal(this.#lastBodySize, {
        atLeast: minChunk,
        accepted: this.#largestAccepted,
      });
    if (final || attempt >= this.#settings.attempts) throw this.#exhausted(error, attempt);
    if (verdict === "cut") this.#limitAfterCut = SMALL_BLOB;
  }

  async #start(): Promise<UploadSession> {
    return UploadSession.start(this.#context, this.#blob.descriptor.digest, this.#options.signal);
  }

  async #send(session: UploadSession, from: number): Promise<void> {
    const { digest, size } = this.#blob.descriptor;
    const chunk = Math.max(this.#chunkSize(), session.minChunk);
    if (from === 0 && size <= chunk) {
      await session.finish(this.#body(0, size), digest);
      return;
    }
    for (let start = from; start < size; start += chunk) {
      const end = Math.min(start + chunk, size);
      await session.append(start, end, this.#body(start, end));
      this.#largestAccepted = Math.max(this.#largestAccepted, end - start);
    }
    this.#lastBodySize = 0;
    await session.finish(new Uint8Array(), digest);
  }

  /**
   * Bytes per request. One request for everything is fastest, but ACR limits the size of bodies, and a
   * registry or proxy may have refused a larger one.
   */
  #chunkSize(): number {
    const { chunkSize, acrChunkSize } = this.#settings;
    const most = Math.min(this.#limit.most, this.#limitAfterCut);
    if (this.#blob.descriptor.size <= this.#wholeLimit) return Math.min(this.#wholeLimit, most);
    const { acr } = traitsOf(this.#context.transport);
    const suits = acr === false ? Number.POSITIVE_INFINITY : acrChunkSize;
    return Math.min(chunkSize ?? suits, most);
  }

  /** Blobs up to this size are sent as one body. */
  get #wholeLimit(): number {
    return Math.min(SMALL_BLOB, this.#settings.chunkSize ?? SMALL_BLOB);
  }

  #body(start: number, end: number): RequestBody {
    this.#lastBodySize = end - start;
    return {
      size: end - start,
      open: () => this.#reader.slice(start, end),
      onProgress: (sent) => {
        this.#sent = start + sent;
        this.#options.onProgress?.(this.#sent);
      },
    };
  }

  /**
   * Waits for the whole blob. A silent source may not notice an abort, so the signal is watched here.
   */
  #bytes(): Promise<Uint8Array> {
    return untilAborted(this.#reader.bytes(), this.#options.signal);
  }

  #newReader(): BlobReader {
    return new BlobReader(this.#blob, this.#operation, this.#options.signal);
  }

  #exhausted(cause: unknown, attempts: number): RegistryError {
    const { size } = this.#blob.descriptor;
    const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    const message = `${this.#operation}: gave up after ${tries}, the last one at ${this.#sent} of ${size} bytes`;
    return exhausted(message, cause, this.#context.transport.origin);
  }
}
