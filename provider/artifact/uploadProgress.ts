import type { Descriptor } from "../oci/descriptor.js";
import type { PushOutcome } from "../registry/repository.js";
import { formatShare, formatSize } from "./formatSize.js";
import type { PushObserver } from "./pushBlobs.js";

/** The period for the rate: a shorter one would fluctuate, a longer one would be outdated. */
const RATE_WINDOW_MS = 5_000;

interface BlobProgress {
  readonly size: number;
  sent: number;
  outcome?: PushOutcome;
}

/**
 * Keeps track of an upload: what is to be sent, what was sent, how fast, and what existed already. It has
 * no output or clock of its own. A blob that is sent again starts at 0, so that it never counts more than
 * once.
 */
export class UploadProgress implements PushObserver {
  readonly #now: () => number;
  readonly #blobs = new Map<string, BlobProgress>();
  /** Bytes sent until a time. Repeated ones count, because they take time. */
  #samples: { readonly at: number; readonly moved: number }[] = [];
  #moved = 0;
  #phase = "starting";
  #startedAt: number | undefined;
  #endedAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  phase(what: string): void {
    this.#phase = what;
  }

  expected(blobs: readonly Pick<Descriptor, "digest" | "size">[]): void {
    this.#startedAt ??= this.#now();
    for (const { digest, size } of blobs) this.#blobs.set(digest, { size, sent: 0 });
  }

  progress({ digest, size }: Pick<Descriptor, "digest" | "size">, sentBytes: number): void {
    const blob = this.#of(digest, size);
    const sent = Math.min(sentBytes, size);
    this.#moved += Math.max(0, sent - blob.sent);
    blob.sent = sent;
    this.#sample();
  }

  blobPushed({ digest, size }: Pick<Descriptor, "digest" | "size">, outcome: PushOutcome): void {
    const blob = this.#of(digest, size);
    blob.outcome = outcome;
    if (outcome === "uploaded") this.progress({ digest, size }, size);
    this.#endedAt = this.#now();
  }

  /** How long uploads have been running; `undefined` if none was, or none is left. */
  get uploadingMs(): number | undefined {
    const isOver = [...this.#blobs.values()].every(({ outcome }) => outcome !== undefined);
    return this.#startedAt === undefined || isOver ? undefined : this.#now() - this.#startedAt;
  }

  /** Bytes of completed blobs. */
  get sentBytes(): number {
    return this.#count("uploaded").bytes;
  }

  /** `uploading: 12.3 of 40.0 MiB, 3.1 MiB/s; 2 blobs there already, 1 mounted`. */
  status(): string {
    if (this.uploadingMs === undefined) return this.#phase;
    const toSend = [...this.#blobs.values()].filter(
      ({ outcome }) => outcome === undefined || outcome === "uploaded",
    );
    const sent = toSend.reduce((sum, blob) => sum + blob.sent, 0);
    const total = toSend.reduce((sum, blob) => sum + blob.size, 0);
    const rate = `${formatSize(this.#rate())}/s`;
    const spared = [this.#spared("existed", "there already"), this.#spared("mounted", "mounted")];
    return [`${this.#phase}: ${formatShare(sent, total)}, ${rate}`, ...spared.flat()].join("; ");
  }

  /** `3 blobs, 12.3 MiB sent in 4 s (3.1 MiB/s); 2 blobs, 40.0 MiB were there already`. */
  summary(): string {
    const ms = Math.max(1, this.#endedAt - (this.#startedAt ?? this.#endedAt));
    const rate = formatSize((this.sentBytes * 1000) / ms);
    const parts = [
      [this.#total("uploaded"), `sent in ${formatDuration(ms)} (${rate}/s)`],
      [this.#total("existed"), "there already"],
      [this.#total("mounted"), "mounted from another repository"],
    ] as const;
    return parts.flatMap(([total, what]) => (total === "" ? [] : [`${total} ${what}`])).join("; ");
  }

  #spared(outcome: PushOutcome, what: string): string[] {
    const { blobs } = this.#count(outcome);
    return blobs === 0 ? [] : [`${countOf(blobs)} ${what}`];
  }

  #total(outcome: PushOutcome): string {
    const { blobs, bytes } = this.#count(outcome);
    return blobs === 0 ? "" : `${countOf(blobs)}, ${formatSize(bytes)}`;
  }

  #count(wanted: PushOutcome): { readonly blobs: number; readonly bytes: number } {
    const found = [...this.#blobs.values()].filter(({ outcome }) => outcome === wanted);
    return { blobs: found.length, bytes: found.reduce((sum, { size }) => sum + size, 0) };
  }

  #of(digest: string, size: number): BlobProgress {
    const known = this.#blobs.get(digest) ?? { size, sent: 0 };
    this.#blobs.set(digest, known);
    return known;
  }

  /** One sample for each tenth of the window is enough, and one from before it. */
  #sample(): void {
    const now = this.#now();
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < RATE_WINDOW_MS / 10) return;
    this.#samples.push({ at: now, moved: this.#moved });
    const before = this.#samples.findLastIndex(({ at }) => now - at >= RATE_WINDOW_MS);
    if (before > 0) this.#samples = this.#samples.slice(before);
  }

  /** Bytes per second over the window, or since the start if that is shorter. */
  #rate(): number {
    this.#sample();
    const now = this.#now();
    const before = this.#samples.findLast(({ at }) => now - at >= RATE_WINDOW_MS);
    const since = before ?? { at: this.#startedAt ?? now, moved: 0 };
    return now === since.at ? 0 : ((this.#moved - since.moved) * 1000) / (now - since.at);
  }
}

function countOf(blobs: number): string {
  return blobs === 1 ? "1 blob" : `${blobs} blobs`;
}

function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return `${(Math.max(100, ms) / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
