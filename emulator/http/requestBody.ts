import type { IncomingMessage } from "node:http";

/** The body of a request, read once and as a stream; counts what arrives. */
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

  /** Whether more may come: neither has it ended, nor is its sender gone. */
  get isArriving(): boolean {
    return !this.source.complete && !this.source.destroyed;
  }

  /** The chunks as they arrive. Fails when the sender goes away before the end. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    // Leaving the loop early must not destroy the connection: the answer still has to go out on it.
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

  /** The whole body, or undefined when it is longer than the limit. */
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

  /** Reads and drops what the handler left, so that the connection can be used again and every byte is counted. */
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
