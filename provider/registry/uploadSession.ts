import { hasCode } from "../errors.js";
import type { RegistryRequest, RegistryResponse, RequestBody } from "../http/transport.js";
import type { Digest } from "../oci/digest.js";
import { checkDigestHeader } from "./digestHeader.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { traitsOf } from "./registryTraits.js";
import { SessionOutOfStep } from "./sessionFailure.js";
import { parseUploadLocation, withDigest } from "./uploadLocation.js";
import { uploadsPath } from "./urls.js";
import { quoted } from "../oci/printable.js";

/** Pulumi may kill a process five seconds after an interrupt; two cancellations must fit into that. */
const CANCEL_TIMEOUT_MS = 2_000;

/** One upload session (distribution-spec, "Pushing Blobs"). */
export class UploadSession {
  readonly #context: RepositoryContext;
  /** `undefined` for a stream, whose digest is only known at its end. */
  readonly #digest: Digest | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #minChunk: number;
  #location: string;
  /** Number of bytes whose receipt the registry has confirmed. */
  #acknowledged = 0;
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

  /** Opens a session. Repeating the request is harmless: an unused session expires. */
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

  /** Continues with the session that the answer to a POST opened. */
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

  /** The smallest chunk that the registry accepts, except for the last one. */
  get minChunk(): number {
    return this.#minChunk;
  }

  /** Sends the next chunk: the bytes from `start` up to, but not including, `end`. */
  async append(start: number, end: number, body: RequestBody): Promise<void> {
    const response = await this.#send({
      method: "PATCH",
      path: this.#location,
      operation: `push bytes ${start}-${end - 1} of ${this.#name}`,
      headers: {
        "content-type": "application/octet-stream",
        // Without unit and total: ACR refuses "bytes 0-9/10" (dotnet/sdk-container-builds#258).
        "content-range": `${start}-${end - 1}`,
      },
      body,
      expect: [202],
    });
    this.#location = this.#next(response, this.#location);
    checkRange(response.header("range"), end);
    this.#acknowledged = end;
  }

  /** Whether it may continue after this failure, and has bytes that need not be sent again. */
  survives(failure: unknown): boolean {
    return this.#acknowledged > 0 && hasCode(failure, "UNAVAILABLE", "STALLED");
  }

  /**
   * The byte from which to continue after a failure; 0 if the registry does not allow it, or reports what a
   * blob of this size cannot have. Its bytes may still be wrong: that is found out by the digest at the end.
   */
  async resume(size: number): Promise<number> {
    try {
      const received = await this.receivedBytes();
      return received <= size ? received : 0;
    } catch (error) {
      if (hasCode(error, "ABORTED")) throw error;
      // A registry need not accept an older address of a session, such as Docker's after a cut.
      return 0;
    }
  }

  /**
   * Asks how many bytes the registry has (distribution-spec, "Pushing a blob in chunks"). The session
   * continues at the location of this answer.
   */
  async receivedBytes(): Promise<number> {
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
    return parseReceivedBytes(response.header("range"));
  }

  /** Ends the session. `body` is the rest of the bytes: possibly none, possibly all. */
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

  /** Asks the registry to discard the session. Best effort: unused sessions expire anyway. */
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
      // The failure of the upload is what counts; a session that remains expires.
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

/**
 * Registries answer `0-0` for no bytes as well as for one byte. It is read as none: a single byte is sent
 * again.
 */
function parseReceivedBytes(header: string | undefined): number {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(header?.trim() ?? "")?.[1] ?? Number.NaN);
  if (Number.isSafeInteger(last)) return last === 0 ? 0 : last + 1;
  throw new SessionOutOfStep("the registry does not say how much it has");
}

/**
 * Compares what the registry says it has (`0-<last byte>`) with what was sent. Registries append every
 * chunk, even a repeated one, so this is how a chunk sent twice after a lost answer is noticed.
 */
function checkRange(header: string | undefined, end: number): void {
  if (header === undefined) return;
  const match = /^(?:bytes=)?0-(\d+)$/.exec(header.trim());
  if (match !== null && Number(match[1]) === end - 1) return;
  throw new SessionOutOfStep(
    `the registry holds ${quoted(header, 100)} where 0-${end - 1} was sent`,
  );
}
