import type { PushObserver } from "../artifact/pushBlobs.js";
import { UploadProgress } from "../artifact/uploadProgress.js";
import { type Clock, systemClock } from "../http/clock.js";
import type { EngineLog } from "./engineLog.js";

/** The interval of statuses; shorter work is not reported. */
const STATUS_INTERVAL_MS = 1_000;
/** Uploads that take longer are also announced in a log of lines. */
const LONG_UPLOAD_MS = 5_000;
/** Faster uploads only leave a lasting line if they sent at least this much. */
const NOTEWORTHY_BYTES = 1024 * 1024;

/** The observer of a push. The publisher itself reports the phases before and after it. */
export type UploadReport = Required<PushObserver>;

/**
 * Runs the work that publishes something, and reports its progress in the resource's row.
 *
 * If the CLI redraws rows, the row shows phase, bytes, rate and skipped blobs, once a second, and a last
 * line with what was sent remains. If it prints a line for each message (`EngineLog.redrawn`), only
 * uploads of more than five seconds are reported: when they exceed this time, and at their end. Nothing
 * remains if nothing was sent, or if the work failed, because then the failure is what matters.
 */
export async function withUploadReport<T>(
  log: EngineLog,
  publish: (report: UploadReport) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const progress = new UploadProgress(() => clock.now());
  const row = new ReportedRow(log, progress, clock);
  try {
    const result = await publish(progress);
    await row.finish();
    return result;
  } finally {
    row.stop();
  }
}

class ReportedRow {
  readonly #log: EngineLog;
  readonly #progress: UploadProgress;
  readonly #clock: Clock;
  #cancel: () => void = () => undefined;
  #stopped = false;
  /** Whether the start of a long upload was reported. */
  #announced = false;
  /** Whether a status was shown that a later one replaces. */
  #drawn = false;

  constructor(log: EngineLog, progress: UploadProgress, clock: Clock) {
    this.#log = log;
    this.#progress = progress;
    this.#clock = clock;
    this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async finish(): Promise<void> {
    this.stop();
    const { sentBytes } = this.#progress;
    const last = sentBytes === 0 ? this.#progress.status() : this.#progress.summary();
    const isKept =
      (this.#announced && sentBytes > 0) ||
      (sentBytes >= NOTEWORTHY_BYTES && (await this.#log.redrawn()));
    if (isKept) this.#log.info(last);
    // The CLI keeps showing the last status until everything is done, so it must not look like running
    // work.
    else if (this.#drawn) this.#log.status(last);
  }

  #wait(): void {
    this.#cancel = this.#clock.timer(() => {
      this.#wait();
      void this.#draw();
    }, STATUS_INTERVAL_MS);
  }

  async #draw(): Promise<void> {
    const redrawn = await this.#log.redrawn();
    if (this.#stopped) return;
    const isLong = (this.#progress.uploadingMs ?? 0) >= LONG_UPLOAD_MS;
    if (redrawn || (isLong && !this.#announced)) this.#log.status(this.#progress.status());
    this.#announced ||= isLong;
    this.#drawn ||= redrawn;
  }
}
