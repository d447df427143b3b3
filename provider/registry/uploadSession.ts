import type { RegistryRequest, RegistryResponse, RequestBody } from "../http/transport.js";
import type { Digest } from "../oci/digest.js";
import { checkDigestHeader } from "./digestHeader.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { traitsOf } from "./registryTraits.js";
import { SessionOutOfStep } from "./sessionFailure.js";
import { parseUploadLocation, withDigest } from "./uploadLocation.js";
import { uploadsPath } from "./urls.js";
import { quoted } from "../oci/printable.js";

/** A host may stop us within five seconds; cancelling must fit in, twice. */
const CANCEL_TIMEOUT_MS = 2_000;

/** One upload session (distribution-spec, "Pushing Blobs"). It is used until it fails, then thrown away. */
export class UploadSession {
  readonly #context: RepositoryContext;
  /** `undefined` while a stream is hashed on its way. */
  readonly #digest: Digest | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #minChunk: number;
  #location: string;
  #ended = false;

  private constructor(
    context: RepositoryContext,
    digest: Digest | undefined,
    response: RegistryResponse,
    signal: AbortSignal | undefined,
  ) {
    this.#context = context;
    this.#digest = digest;
    this.#signal = signal;
    this.#minChunk = Number(response.header("oci-chunk-min-length") ?? 0) || 0;
    this.#location = this.#next(response, uploadsPath(context.repository));
  }

  /** Opens a session. Repeating the request is harmless: a session more expires unused. */
  static async start(
    context: RepositoryContext,
    digest: Digest | undefined,
    signal?: AbortSignal,
  ): Promise<UploadSession> {
    const response = await context.transport.send({
      method: "POST",
      path: uploadsPath(context.repository),
      scopes: [scopeOf(context, "pull", "push")],
      operation: `start to push ${blobName(context, digest)}`,
      body: new Uint8Array(),
      expect: [202],
      repeatable: true,
      signal,
    });
    return UploadSession.from(context, digest, response, signal);
  }

  /** Goes on with the session that the answer to a POST opened. */
  static async from(
    context: RepositoryContext,
    digest: Digest | undefined,
    response: RegistryResponse,
    signal?: AbortSignal,
  ): Promise<UploadSession> {
    await response.discard();
    traitsOf(context.transport).observe(response);
    return new UploadSession(context, digest, response, signal);
  }

  /** Smallest chunk that the registry wants, the last one excepted. */
  get minChunk(): number {
    return this.#minChunk;
  }

  /** Sends the next chunk, which ends before byte `end`. */
  async append(start: number, end: number, body: RequestBody): Promise<void> {
    const response = await this.#send({
      method: "PATCH",
      path: this.#location,
      operation: `push bytes ${start}-${end - 1} of ${this.#name}`,
      headers: {
        "content-type": "application/octet-stream",
        // Without unit and total: the service refuses "bytes 0-9/10" (dotnet/sdk-container-builds#258).
        "content-range": `${start}-${end - 1}`,
      },
      body,
      expect: [202],
    });
    this.#location = this.#next(response, this.#location);
    checkRange(response.header("range"), end);
  }

  /**
   * How many bytes the registry holds (distribution-spec, "Pushing a blob in chunks"); the session
   * goes on where it says.
   */
  async held(): Promise<number> {
    const response = await this.#context.transport.send({
      method: "GET",
      path: this.#location,
      scopes: [scopeOf(this.#context, "pull", "push")],
      operation: `ask how much the registry has of ${this.#name}`,
      expect: [204],
      repeatable: true,
      signal: this.#signal,
    });
    await response.discard();
    this.#location = this.#next(response, this.#location);
    return heldBytes(response.header("range"));
  }

  /** Ends the session with the rest of the bytes, which may be none or all. */
  async finish(body: RequestBody, digest: Digest): Promise<void> {
    const operation = `push the blob ${nameOf(this.#context, digest)}`;
    const response = await this.#send({
      method: "PUT",
      path: withDigest(this.#location, digest),
      operation,
      headers: { "content-type": "application/octet-stream" },
      body,
      expect: [201],
    });
    this.#ended = true;
    checkDigestHeader(response, digest, operation);
  }

  /** Tells the registry to forget the session. Best effort: it forgets by itself, later. */
  async cancel(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const cancelled = this.#context.transport.send({
      method: "DELETE",
      path: this.#location,
      scopes: [scopeOf(this.#context, "delete")],
      operation: `cancel the upload of ${this.#name}`,
      expect: [200, 202, 204, 404],
      repeatable: false,
      waitForAccess: false,
      signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS),
    });
    await cancelled.then(
      (response) => response.discard(),
      // What ended the upload is the news; that the session lingers is not.
      () => undefined,
    );
  }

  async #send(
    request: Omit<RegistryRequest, "scopes" | "repeatable" | "signal">,
  ): Promise<RegistryResponse> {
    const response = await this.#context.transport.send({
      ...request,
      scopes: [scopeOf(this.#context, "pull", "push")],
      repeatable: false,
      signal: this.#signal,
    });
    await response.discard();
    return response;
  }

  get #name(): string {
    return blobName(this.#context, this.#digest);
  }

  #next(response: RegistryResponse, path: string): string {
    const { transport, repository } = this.#context;
    const context = { origin: transport.origin, path, repository };
    return parseUploadLocation(response.header("location"), context);
  }
}

function blobName(context: RepositoryContext, digest: Digest | undefined): string {
  return digest === undefined
    ? `a blob to ${context.repository}`
    : `the blob ${nameOf(context, digest)}`;
}

/** `0-0` is said for nothing as well as for one byte; a chunk of one byte is not worth telling them apart. */
function heldBytes(header: string | undefined): number {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(header?.trim() ?? "")?.[1] ?? Number.NaN);
  if (Number.isSafeInteger(last)) return last === 0 ? 0 : last + 1;
  throw new SessionOutOfStep("the registry does not say how much it has");
}

/**
 * The registry tells what it holds (`0-<last byte>`). Registries append whatever comes, also a chunk
 * that they had already, so this is where a lost answer is noticed.
 */
function checkRange(header: string | undefined, end: number): void {
  if (header === undefined) return;
  const match = /^(?:bytes=)?0-(\d+)$/.exec(header.trim());
  if (match !== null && Number(match[1]) === end - 1) return;
  throw new SessionOutOfStep(
    `the registry holds ${quoted(header, 100)} where 0-${end - 1} was sent`,
  );
}
