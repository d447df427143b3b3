import type { IncomingMessage } from "node:http";

/** The body of a request: a stream that can be read once. Counts the bytes received. */
export class RequestBody {
  private received = 0;

  constructor(
    private readonly source: IncomingMessage,
    private readonly onReceived: (total: number) => void,
    /** Where a fault cuts the connection. */
    private readonly cut: { readonly after: number; readonly now: () => void } | undefined,
  ) {}

  /** Whether the body comes without Content-Length. */
  get chunkedFraming(): boolean {
    return this.source.headers["transfer-encoding"] !== undefined;
  }

  get declaredLength(): number | undefined {
    const value = this.source.headers["content-length"];
    return value === undefined ? undefined : Number(value);
  }

  /** Whether more bytes may arrive: the body has not ended, and the client is connected. */
  get isArriving(): boolean {
    return !this.source.complete && !this.source.destroyed;
  }

  /** The chunks as they arrive. Throws if the client disconnects before the end. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    // Leaving the loop early must not destroy the connection, on which the answer is still to be sent.
    for await (const chunk of this.source.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      const wanted = this.count(bytes);
      yield wanted === bytes.length ? bytes : bytes.subarray(0, wanted);
      if (this.cut !== undefined && this.received >= this.cut.after) {
        this.cut.now();
        throw new Error("The connection was cut by a fault.");
      }
    }
  }

  /** The whole body, or undefined if it exceeds the limit. */
  async upTo(limit: number): Promise<Buffer | undefined> {
    if ((this.declaredLength ?? 0) > limit) return undefined;
    const parts: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.chunks()) {
      length += chunk.length;
      if (length > limit) return undefined;
      parts.push(chunk);
    }
    return Buffer.concat(parts);
  }

  /**
   * Reads and discards what the handler has not read, so that the connection can be reused and every byte
   * is counted.
   */
  drain(): void {
    if (this.source.readableEnded || this.source.destroyed) return;
    this.source.on("data", (chunk: Buffer) => this.count(chunk));
    this.source.resume();
  }

  private count(chunk: Buffer): number {
    const room = this.cut === undefined ? chunk.length : this.cut.after - this.received;
    const wanted = Math.min(chunk.length, Math.max(room, 0));
    this.received += wanted;
    this.onReceived(this.received);
    return wanted;
  }
}
