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

/** One blob on its way in. */
export class UploadSession {
  readonly id = randomUUID();
  readonly startedAt = new Date();
  offset = 0;
  /** Set while a request works on it; a second one at the same time is refused. */
  busy = false;
  private readonly hash: Hash = createHash("sha256");

  constructor(
    readonly repository: string,
    readonly temporary: string,
  ) {}

  /**
   * Appends a body as it arrives. What came before a cut stays: the old `_state` then no longer fits. The file is open
   * only meanwhile, so that forgotten uploads cost no descriptors.
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

  /** Compares with the digest that the client names; undefined when it is another one. */
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

/** Why a session cannot be continued. */
export type SessionProblem = "unknown" | "invalid";

/**
 * The open uploads. `_state` is the base64url of a 32-byte keyed hash and the JSON it protects, `{Name, UUID, Offset,
 * StartedAt}` (decoded from js SDK, can_upload_blob_from_a_buffer). It binds the offset: once more
 * bytes have arrived, only the newest one is good.
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

  /** The session that a `Location` of ours names, if that is the newest one. */
  find(repository: string, id: string, state: string | null): UploadSession | SessionProblem {
    const session = this.sessions.get(id);
    if (session === undefined) return "unknown";
    const fits =
      session.repository === repository &&
      state !== null &&
      !session.busy &&
      this.fits(session, state);
    return fits ? session : "invalid";
  }

  location(session: UploadSession): string {
    const path = `/v2/${session.repository}/blobs/uploads/${session.id}`;
    return `${path}?_nouploadcache=false&_state=${encodeURIComponent(this.state(session))}`;
  }

  async end(session: UploadSession): Promise<void> {
    this.sessions.delete(session.id);
    await this.content.discard(session.temporary);
  }

  /** Forgets a session whose file has become a blob. */
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
    const mac = createHmac("sha256", this.key).update(document).digest();
    return (
      Buffer.concat([mac, Buffer.from(document)]).toString("base64url") +
      "=".repeat(padding(document))
    );
  }

  private fits(session: UploadSession, state: string): boolean {
    const given = Buffer.from(state.replace(/=+$/, ""));
    const wanted = Buffer.from(this.state(session).replace(/=+$/, ""));
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

/** base64url of Node leaves the padding out, the service sends it. */
function padding(document: string): number {
  return (3 - ((32 + Buffer.byteLength(document)) % 3)) % 3;
}
