import {
  type Hash,
  createHash,
  createHmac,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from "node:crypto";
import { open } from "node:fs/promises";

import { type DigestAlgorithm, parseDigest } from "../wire/digest.js";
import type { ContentStore } from "./contentStore.js";
import { GatheredFile } from "./gatheredFile.js";
import type { ArrivedContent } from "./registryState.js";

/** A request's work on a session. */
export interface SessionWork {
  /** Whether the request is still being sent. */
  readonly isArriving: () => boolean;
  readonly done: Promise<unknown>;
}

/** One blob being uploaded. */
export class UploadSession {
  readonly id = randomUUID();
  readonly startedAt = new Date();
  offset = 0;
  /** Set while a request works on the session. */
  work: SessionWork | undefined;
  /** Set when it was cancelled, even if a request still works on it. */
  ended = false;
  private readonly hash: Hash = createHash("sha256");

  constructor(
    readonly repository: string,
    readonly temporary: string,
  ) {}

  /** Waits for a request whose client is gone, since its bytes are still being written. */
  async settled(): Promise<void> {
    while (this.work !== undefined && !this.work.isArriving()) await this.work.done;
  }

  /**
   * Appends a body as it arrives. Bytes that arrived before a cut are kept; the earlier `_state` is then
   * outdated. The file is only open meanwhile, so that forgotten uploads use no file descriptors.
   */
  async append(chunks: AsyncIterable<Buffer>): Promise<void> {
    const file = await GatheredFile.open(this.temporary);
    try {
      for await (const chunk of chunks) {
        await file.append(chunk);
        this.hash.update(chunk);
        this.offset += chunk.length;
      }
    } finally {
      await file.close();
    }
  }

  /** Compares the content with the client's digest; undefined if it differs. */
  async finish(expected: string): Promise<ArrivedContent | undefined> {
    const digest = parseDigest(expected);
    if (digest === undefined) return undefined;
    const hex =
      digest.algorithm === "sha256"
        ? this.hash.digest("hex")
        : await hashFile(this.temporary, digest.algorithm);
    return hex === digest.hex
      ? { temporary: this.temporary, digest, size: this.offset }
      : undefined;
  }
}

async function hashFile(path: string, algorithm: DigestAlgorithm): Promise<string> {
  const hash = createHash(algorithm);
  const file = await open(path);
  for await (const chunk of file.createReadStream({ highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}

/** Why an address has no session. */
export type SessionProblem = "unknown" | "invalid";

/** The session of an address. */
export interface FoundSession {
  readonly session: UploadSession;
  /** Whether the address is the newest one, issued for the bytes that the session holds now. */
  readonly current: boolean;
}

/**
 * The open uploads. `_state` is base64url of a 32-byte keyed hash and the JSON that it protects, `{Name,
 * UUID, Offset, StartedAt}` (decoded from js SDK, can_upload_blob_from_a_buffer). It contains the offset:
 * once more bytes have arrived, an earlier `_state` still finds the session, but cannot continue it (C11
 * #36, #37).
 */
export class UploadSessions {
  private readonly sessions = new Map<string, UploadSession>();
  private readonly key = randomBytes(32);

  constructor(private readonly content: ContentStore) {}

  get size(): number {
    return this.sessions.size;
  }

  start(repository: string): UploadSession {
    const session = new UploadSession(repository, this.content.temporaryPath());
    this.sessions.set(session.id, session);
    return session;
  }

  /** The session of a `Location` that was issued here. */
  find(repository: string, id: string, state: string | null): FoundSession | SessionProblem {
    const session = this.sessions.get(id);
    if (session === undefined) return "unknown";
    const offset = this.offsetIn(session, state ?? "");
    if (session.repository !== repository || offset === undefined) return "invalid";
    return { session, current: offset === session.offset };
  }

  location(session: UploadSession): string {
    const path = `/v2/${session.repository}/blobs/uploads/${session.id}`;
    return `${path}?_nouploadcache=false&_state=${encodeURIComponent(this.state(session))}`;
  }

  /** Removes a session with its content. */
  async end(session: UploadSession): Promise<void> {
    session.ended = true;
    this.sessions.delete(session.id);
    await this.content.discard(session.temporary);
  }

  /** Removes a session whose content has become a blob. */
  complete(session: UploadSession): void {
    this.sessions.delete(session.id);
  }

  async close(): Promise<void> {
    await Promise.all([...this.sessions.values()].map((session) => this.end(session)));
  }

  private state(session: UploadSession): string {
    const started = session.startedAt.toISOString();
    const document = JSON.stringify({
      Name: session.repository,
      UUID: session.id,
      Offset: session.offset,
      // Nanoseconds at first, whole seconds after a chunk (same recording).
      StartedAt:
        session.offset === 0 ? `${started.slice(0, -1)}000000Z` : `${started.slice(0, 19)}Z`,
    });
    return (
      Buffer.concat([this.mac(document), Buffer.from(document)]).toString("base64url") +
      "=".repeat(padding(document))
    );
  }

  /** The offset in a `_state` of this session; undefined if it was not issued here. */
  private offsetIn(session: UploadSession, state: string): number | undefined {
    const bytes = Buffer.from(state, "base64url");
    if (bytes.length <= macBytes) return undefined;
    const document = bytes.subarray(macBytes).toString();
    if (!timingSafeEqual(bytes.subarray(0, macBytes), this.mac(document))) return undefined;
    const { UUID, Offset } = JSON.parse(document) as { UUID: string; Offset: number };
    return UUID === session.id ? Offset : undefined;
  }

  private mac(document: string): Buffer {
    return createHmac("sha256", this.key).update(document).digest();
  }
}

const macBytes = 32;

/** The padding, which the service sends and Node's base64url omits. */
function padding(document: string): number {
  return (3 - ((macBytes + Buffer.byteLength(document)) % 3)) % 3;
}
