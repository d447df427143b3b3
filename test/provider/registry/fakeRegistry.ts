import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { RemoteBlobs } from "../../../provider/registry/remoteBlobs.js";
import { uploadSettings, type UploadSettings } from "../../../provider/registry/uploadSettings.js";
import { ACR, FakeTransport, refusal, type Recorded, type Reply } from "./fakeTransport.js";
import type { SeededBlob } from "./seededBlob.js";

export const KIB = 1024;
export const MIB = 1024 * KIB;
const JSON_TYPE = { "content-type": "application/json" };
export const UPLOADS = "/v2/a/blobs/uploads/";

/** The blobs of repository `a`, without pauses. */
export function blobsOf(
  transport: FakeTransport,
  settings: Partial<UploadSettings> = {},
): RemoteBlobs {
  const context = { transport, repository: parseRepositoryName("a"), actions: [] };
  return new RemoteBlobs(context, uploadSettings({ pause: () => Promise.resolve(), ...settings }));
}

/** A registry with upload sessions, like ACR or another one; `fault` may answer first. */
export class FakeRegistry {
  readonly transport: FakeTransport;
  readonly stored = new Map<string, Buffer>();
  readonly cancelled: string[] = [];
  readonly #marks: Readonly<Record<string, string>>;
  readonly #fault: (request: Recorded, count: number) => Reply | Error | "drop" | undefined;
  #sessions = 0;
  #session: Buffer | undefined;

  constructor(
    marks: Readonly<Record<string, string>>,
    fault: (request: Recorded, count: number) => Reply | Error | "drop" | undefined = () =>
      undefined,
  ) {
    this.#marks = marks;
    this.#fault = fault;
    this.transport = new FakeTransport((request, count) => {
      const fault = this.#fault(request, count);
      if (fault instanceof Error) throw fault;
      if (fault !== undefined && fault !== "drop") return fault;
      const reply = this.#answer(request);
      if (fault === "drop") throw refusal("UNAVAILABLE", undefined);
      return { ...reply, headers: { ...this.#marks, ...reply.headers } };
    });
  }

  #answer({ method, path, sent }: Recorded): Reply {
    const url = new URL(path, "https://r.example");
    const digest = url.searchParams.get("digest");
    if (method === "HEAD") {
      const there = this.stored.has(url.pathname.split("/").at(-1) ?? "");
      return there ? { status: 200 } : { status: 404, headers: JSON_TYPE };
    }
    if (method === "POST" && digest !== null && this.#marks === ACR)
      return this.#store(digest, sent);
    if (method === "POST") return this.#open();
    if (method === "DELETE") {
      this.cancelled.push(url.pathname);
      return { status: 204 };
    }
    if (this.#session === undefined) throw refusal("NOT_FOUND", 404, "BLOB_UPLOAD_UNKNOWN");
    if (method === "GET") return this.#location(204);
    this.#session = Buffer.concat([this.#session, sent]);
    if (method === "PATCH") return this.#location(202);
    return this.#store(digest ?? "", this.#session);
  }

  #open(): Reply {
    this.#sessions += 1;
    this.#session = Buffer.alloc(0);
    return this.#location(202);
  }

  #location(status: number): Reply {
    const held = this.#session?.length ?? 0;
    const range = `0-${Math.max(held - 1, 0)}`;
    return { status, headers: { location: `${UPLOADS}${this.#sessions}?_state=${held}`, range } };
  }

  #store(digest: string, bytes: Buffer): Reply {
    this.#session = undefined;
    this.stored.set(digest, bytes);
    return { status: 201, headers: { "docker-content-digest": digest } };
  }

  holds(blob: SeededBlob): boolean {
    return this.stored.get(blob.descriptor.digest)?.equals(blob.content) === true;
  }
}
