import type { Readable } from "node:stream";
import { isUint8Array } from "node:util/types";
import { linkedSignal } from "../concurrency/linkedSignal.js";
import { InputError, isAcrError } from "../errors.js";
import { aborted } from "../http/clock.js";
import type { Blob } from "../oci/blob.js";
import type { Descriptor } from "../oci/descriptor.js";
import { repositoryScope } from "../auth/scope.js";
import { type Digest, parseDigest } from "../oci/digest.js";
import { checkMediaType } from "../oci/mediaTypes.js";
import { memoryBlob } from "../oci/memoryBlob.js";
import { parseRepositoryName } from "../oci/reference.js";
import { openBlob } from "./blobDownload.js";
import { BlobPush } from "./blobPush.js";
import { deleteContent } from "./deleteContent.js";
import { checkDigestHeader } from "./digestHeader.js";
import { orAbsent } from "./refusal.js";
import { isRegistryAbsence, traitsOf } from "./registryTraits.js";
import type {
  AccessOptions,
  BlobReference,
  BlobStore,
  FetchBlobOptions,
  OperationOptions,
  PushBlobOptions,
  PushOutcome,
  UploadBlobOptions,
} from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { sharedPush } from "./sharedPush.js";
import { markingFailures } from "./sourceFailure.js";
import { StreamUpload } from "./streamUpload.js";
import type { UploadContent } from "./uploadContent.js";
import { UploadSession } from "./uploadSession.js";
import type { UploadSettings } from "./uploadSettings.js";
import { blobPath, mountPath } from "./urls.js";

const OCTET_STREAM = "application/octet-stream";
const ABSENT = ["BLOB_UNKNOWN", "NAME_UNKNOWN"] as const;

/** The blobs of one repository. */
export class RemoteBlobs implements BlobStore {
  readonly #context: RepositoryContext;
  readonly #settings: UploadSettings;

  constructor(context: RepositoryContext, settings: UploadSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /**
   * Sends a HEAD. If its 404 does not clearly come from the registry, a GET of the first byte tells the
   * reason.
   */
  async exists(written: string, options: OperationOptions = {}): Promise<boolean> {
    const digest = parseDigest(written);
    const found = await this.#head(digest, ["pull"], options);
    if (found !== "unsigned") return found;
    const { transport, repository } = this.#context;
    const asked = transport.send({
      method: "GET",
      path: blobPath(repository, digest),
      scopes: [scopeOf(this.#context, "pull")],
      operation: `look for the blob ${nameOf(this.#context, digest)}`,
      headers: { range: "bytes=0-0" },
      // 307 redirects to the content; 416 is the answer for an empty blob, which has no first byte.
      expect: [200, 206, 307, 416],
      repeatable: true,
      signal: options.signal,
    });
    const response = await orAbsent(asked, undefined, ...ABSENT);
    await response?.discard();
    return response !== undefined;
  }

  async fetch(blob: BlobReference, options: FetchBlobOptions = {}): Promise<Readable> {
    const { digest, size } = typeof blob === "string" ? { digest: blob, size: undefined } : blob;
    return openBlob(this.#context, { digest: parseDigest(digest), size }, options);
  }

  async push(blob: Blob, options: PushBlobOptions = {}): Promise<PushOutcome> {
    return this.#untilClosed(options, (linked) => this.#push(blob, linked));
  }

  async #push(blob: Blob, options: PushBlobOptions): Promise<PushOutcome> {
    const { size } = blob.descriptor;
    const digest = parseDigest(blob.descriptor.digest);
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new InputError("size", `the blob ${digest} cannot have ${size} bytes`);
    }
    // HEAD alone is enough here: a wrong "absent" only costs an upload. The scope is that of the upload,
    // so that one token serves both.
    const exists = async (): Promise<boolean> =>
      (await this.#head(digest, ["pull", "push"], options)) === true;
    const source = markingFailures(blob);
    const push = (): Promise<PushOutcome> =>
      new BlobPush(this.#context, source, this.#settings, options, exists).run();
    // A caller that does not ask first has found a wrong "it exists" before, so it must not share the
    // answer of one that asks.
    const key = options.askFirst === false ? `${digest} unasked` : digest;
    return sharedPush(this.#context, key, push, options.signal);
  }

  async upload(
    content: Uint8Array | UploadContent,
    options: UploadBlobOptions = {},
  ): Promise<Descriptor> {
    return this.#untilClosed(options, (linked) => this.#upload(content, linked));
  }

  async #upload(
    content: Uint8Array | UploadContent,
    options: UploadBlobOptions,
  ): Promise<Descriptor> {
    const mediaType = checkMediaType(options.mediaType ?? OCTET_STREAM, "mediaType");
    const push = async (bytes: Uint8Array): Promise<Descriptor> => {
      const blob = memoryBlob(bytes, { mediaType });
      await this.#push(blob, options);
      options.onProgress?.(bytes.length);
      return blob.descriptor;
    };
    if (isUint8Array(content)) return push(content);
    const upload = new StreamUpload(this.#context, this.#settings, options, {
      push,
      exists: async (digest) => (await this.#head(digest, ["pull", "push"], options)) === true,
    });
    return upload.run(content);
  }

  async mount(written: string, source: string, options: AccessOptions = {}): Promise<boolean> {
    const digest = parseDigest(written);
    const from = parseRepositoryName(source, "from");
    if (from === this.#context.repository) return this.exists(digest, options);
    const { transport, repository } = this.#context;
    const operation = `mount the blob ${nameOf(this.#context, digest)} from ${from}`;
    const asked = transport.send({
      method: "POST",
      path: mountPath(repository, digest, from),
      scopes: [scopeOf(this.#context, "pull", "push"), repositoryScope(from, "pull")],
      operation,
      body: new Uint8Array(),
      expect: [201, 202],
      repeatable: true,
      waitForAccess: options.waitForAccess,
      signal: options.signal,
    });
    const response = await orAbsent(asked, undefined, ...ABSENT);
    if (response === undefined) return false;
    if (response.status === 202) {
      // The registry opened an upload session instead (distribution-spec, "Mounting a blob from another
      // repository").
      await (await UploadSession.from(this.#context, digest, response)).cancel();
      return false;
    }
    await response.discard();
    checkDigestHeader(response, digest, operation);
    return true;
  }

  async delete(digest: string, options: OperationOptions = {}): Promise<boolean> {
    const path = blobPath(this.#context.repository, digest);
    const content = { kind: "blob" as const, digest, path, absent: ABSENT };
    return deleteContent(this.#context, content, options);
  }

  /**
   * Runs the work until the caller aborts or the client is closed; either makes it fail with `ABORTED`,
   * wherever it waits.
   */
  async #untilClosed<O extends OperationOptions, T>(
    options: O,
    work: (options: O) => Promise<T>,
  ): Promise<T> {
    const { signal, unlink } = linkedSignal(options.signal, this.#context.transport.closing);
    try {
      return await work({ ...options, signal });
    } catch (error) {
      if (signal.aborted && !isAcrError(error)) throw aborted(signal);
      throw error;
    } finally {
      unlink();
    }
  }

  async #head(
    digest: Digest,
    actions: readonly ("pull" | "push")[],
    options: OperationOptions,
  ): Promise<boolean | "unsigned"> {
    const operation = `look for the blob ${nameOf(this.#context, digest)}`;
    const response = await this.#context.transport.send({
      method: "HEAD",
      path: blobPath(this.#context.repository, digest),
      scopes: [scopeOf(this.#context, ...actions)],
      operation,
      // A redirect leads to the content, so the blob exists.
      expect: [200, 307, 404],
      repeatable: true,
      signal: options.signal,
    });
    await response.discard();
    traitsOf(this.#context.transport).observe(response);
    if (response.status === 404) return isRegistryAbsence(response) ? false : "unsigned";
    checkDigestHeader(response, digest, operation);
    return true;
  }
}
