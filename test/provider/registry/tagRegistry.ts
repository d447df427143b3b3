import { digestOf } from "../../../provider/oci/digest.js";
import { OCI_INDEX } from "../../../provider/oci/mediaTypes.js";
import { FakeTransport, OTHER, type Recorded, refusal, type Reply } from "./fakeTransport.js";

/** A registry with manifests and tags in which others may act before any request. */
export class TagRegistry {
  readonly manifests = new Map<string, Buffer>();
  readonly tags = new Map<string, string>();
  readonly transport = new FakeTransport((request, count) => {
    this.before(request, count);
    return this.#answer(request);
  });
  /** Acts of others; `count` is the number of requests before this one. */
  before: (request: Recorded, count: number) => void = () => undefined;
  /** Whether writes honour `If-Match` and `If-None-Match`. */
  conditional = false;
  deletes = true;

  /** Somebody else's write. */
  put(tag: string, entries: readonly object[]): void {
    const text = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries });
    this.#put(tag, Buffer.from(text));
  }

  /** The entries that a tag lists; `undefined` without the tag. */
  entries(tag: string): readonly { digest: string }[] | undefined {
    const bytes = this.manifests.get(this.tags.get(tag) ?? "");
    if (bytes === undefined) return undefined;
    return (JSON.parse(bytes.toString()) as { manifests: { digest: string }[] }).manifests;
  }

  digests(tag: string): readonly string[] | undefined {
    return this.entries(tag)?.map(({ digest }) => digest);
  }

  #answer(request: Recorded): Reply {
    const reference = request.path.split("/").at(-1) ?? "";
    switch (request.method) {
      case "GET":
        return this.#get(reference);
      case "PUT":
        return this.#conditionHolds(reference, request)
          ? this.#put(reference, request.sent)
          : { status: 412 };
      default:
        return this.#delete(reference);
    }
  }

  #get(reference: string): Reply {
    if (reference.includes("?")) return { status: 404, headers: OTHER };
    const digest = this.tags.get(reference) ?? reference;
    const body = this.manifests.get(digest);
    if (body === undefined) throw refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");
    const headers = { ...OTHER, "content-type": OCI_INDEX, etag: `"${digest}"` };
    return { status: 200, headers: { ...headers, "docker-content-digest": digest }, body };
  }

  #conditionHolds(tag: string, { headers = {} }: Recorded): boolean {
    if (!this.conditional) return true;
    const current = this.tags.get(tag);
    if (headers["if-none-match"] === "*") return current === undefined;
    return headers["if-match"] === undefined || headers["if-match"] === `"${current}"`;
  }

  #put(tag: string, bytes: Buffer): Reply {
    const digest = digestOf(bytes);
    this.manifests.set(digest, bytes);
    this.tags.set(tag, digest);
    return { status: 201, headers: OTHER };
  }

  #delete(digest: string): Reply {
    if (!this.deletes) throw refusal("UNSUPPORTED", 405, "UNSUPPORTED");
    if (!this.manifests.delete(digest)) throw refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");
    for (const [tag, named] of this.tags) if (named === digest) this.tags.delete(tag);
    return { status: 202 };
  }
}
