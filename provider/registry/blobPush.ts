import { untilAborted } from "../concurrency/singleFlight.js";
import { RegistryError } from "../errors.js";
import type { RequestBody } from "../http/transport.js";
import type { Blob } from "../oci/blob.js";
import { BlobReader } from "./blobReader.js";
import { type BodyLimit, SMALL_BLOB } from "./bodyLimit.js";
import { checkDigestHeader } from "./digestHeader.js";
import { isRegistryError } from "./refusal.js";
import { traitsOf } from "./registryTraits.js";
import type { PushBlobOptions, PushOutcome } from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { judgeSession } from "./sessionFailure.js";
import { UploadSession } from "./uploadSession.js";
import type { UploadSettings } from "./uploadSettings.js";
import { singlePostPath } from "./urls.js";

/** Up to here asking whether the blob is there costs more than sending it. */
const TINY_BLOB = 64 * 1024;

/** Sends one blob, in as few requests as its size and the registry allow, through as many sessions as it takes. */
export class BlobPush {
  readonly #context: RepositoryContext;
  readonly #blob: Blob;
  readonly #settings: UploadSettings;
  readonly #options: PushBlobOptions;
  readonly #exists: () => Promise<boolean>;
  readonly #operation: string;
  #reader: BlobReader;
  readonly #limit: BodyLimit;
  /** Bytes to send at a time: less once a connection was cut, which may or may not be for the size. */
  #careful = Number.POSITIVE_INFINITY;
  /** Of the body that was sent last. */
  #bodySize = 0;
  #sent = 0;
  /** The most that was taken as one body so far. */
  #taken = 0;

  /** `exists` asks the registry for the blob. */
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
   * A registry that does not know the single POST ignores the body, or cuts the connection over it:
   * a large one is sent this way only to a registry that is known to take it, or is an ACR.
   */
  #maySinglePost(): boolean {
    const { size } = this.#blob.descriptor;
    const { singlePost, acr } = traitsOf(this.#context.transport);
    if (singlePost === false || size > this.#wholeLimit || size > this.#limit.most) return false;
    return size <= TINY_BLOB || singlePost === true || acr === true;
  }

  /** distribution-spec, "Single POST". "done", or the session that the registry opened instead. */
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
        // The same bytes under the same digest: sending them twice changes nothing.
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
      // Where nothing smaller would help, it may pass in a session: some proxies refuse a POST alone.
      if (!this.#limit.refused(size, { atLeast: 0, taken: this.#taken })) traits.singlePost = false;
      return "unsent";
    }
  }

  /** The session is the unit of retry: what a failed one left behind is never built upon. */
  async #sessions(opened: UploadSession | undefined): Promise<void> {
    let session = opened;
    for (let attempt = 1; ; attempt += 1) {
      try {
        session ??= await this.#start();
        await this.#send(session);
        return;
      } catch (error) {
        await session?.cancel();
        this.#judge(error, attempt, session?.minChunk ?? 0);
        session = undefined;
      }
      this.#reader.close();
      // The answer may be all that was lost; then the blob is there.
      if (await this.#exists()) return;
      await this.#settings.pause(attempt, this.#options.signal);
    }
  }

  /** Throws unless another session may do better. */
  #judge(error: unknown, attempt: number, minChunk: number): void {
    const { failure } = this.#reader;
    if (failure !== undefined) throw failure;
    const verdict = judgeSession(error);
    if (verdict === "give-up") throw error;
    const final =
      verdict === "too-large" &&
      !this.#limit.refused(this.#bodySize, { atLeast: minChunk, taken: this.#taken });
    if (final || attempt >= this.#settings.sessions) throw this.#exhausted(error, attempt);
    if (verdict === "cut") this.#careful = SMALL_BLOB;
  }

  async #start(): Promise<UploadSession> {
    return UploadSession.start(this.#context, this.#blob.descriptor.digest, this.#options.signal);
  }

  async #send(session: UploadSession): Promise<void> {
    const { digest, size } = this.#blob.descriptor;
    const chunk = Math.max(this.#chunkSize(), session.minChunk);
    if (size <= chunk) {
      await session.finish(this.#body(0, size), digest);
      return;
    }
    for (let start = 0; start < size; start += chunk) {
      const end = Math.min(start + chunk, size);
      await session.append(start, end, this.#body(start, end));
      this.#taken = Math.max(this.#taken, end - start);
    }
    this.#bodySize = 0;
    await session.finish(new Uint8Array(), digest);
  }

  /**
   * In one body where nothing speaks against it, which is fastest; ACR limits bodies, and a registry
   * or proxy that refused one gets less at a time.
   */
  #chunkSize(): number {
    const { chunkSize, acrChunkSize } = this.#settings;
    const most = Math.min(this.#limit.most, this.#careful);
    if (this.#blob.descriptor.size <= this.#wholeLimit) return Math.min(this.#wholeLimit, most);
    const { acr } = traitsOf(this.#context.transport);
    const suits = acr === false ? Number.POSITIVE_INFINITY : acrChunkSize;
    return Math.min(chunkSize ?? suits, most);
  }

  /** Up to here a blob is one body, unless the user wants less. */
  get #wholeLimit(): number {
    return Math.min(SMALL_BLOB, this.#settings.chunkSize ?? SMALL_BLOB);
  }

  #body(start: number, end: number): RequestBody {
    this.#bodySize = end - start;
    return {
      size: end - start,
      open: () => this.#reader.slice(start, end),
      onProgress: (sent) => {
        this.#sent = start + sent;
        this.#options.onProgress?.(this.#sent);
      },
    };
  }

  /** A source that is silent may not hear of an abort. */
  #bytes(): Promise<Uint8Array> {
    return untilAborted(this.#reader.bytes(), this.#options.signal);
  }

  #newReader(): BlobReader {
    return new BlobReader(this.#blob, this.#operation, this.#options.signal);
  }

  #exhausted(cause: unknown, attempts: number): RegistryError {
    const { size } = this.#blob.descriptor;
    const facts = isRegistryError(cause) ? cause : undefined;
    return new RegistryError(
      facts?.code ?? "UNAVAILABLE",
      `${this.#operation}: gave up after ${attempts} upload ${attempts === 1 ? "session" : "sessions"}, the last one ` +
        `at ${this.#sent} of ${size} bytes: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        method: facts?.method ?? "PATCH",
        url: facts?.url ?? this.#context.transport.origin,
        status: facts?.status,
        diagnostics: facts?.diagnostics,
        correlationId: facts?.correlationId,
        cause,
      },
    );
  }
}
