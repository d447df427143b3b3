import type { PushObserver } from "../artifact/pushBlobs.js";
import { UploadProgress } from "../artifact/uploadProgress.js";
import { type Clock, systemClock } from "../http/clock.js";
import type { EngineLog } from "./engineLog.js";

/** How often a row is drawn; work that takes less is not worth a word. */
const STATUS_INTERVAL_MS = 1_000;
/** An upload that takes longer is announced in a log of lines, too. */
const LONG_UPLOAD_MS = 5_000;
/** What is sent sooner is worth a lasting line only from here on. */
const NOTEWORTHY_BYTES = 1024 * 1024;

/** What a push tells of itself; whoever publishes tells of the phases before and after it. */
export type UploadReport = Required<PushObserver>;

/**
 * Runs what publishes something, and says in the resource's row how far it has come.
 *
 * Where the CLI draws rows anew, the row shows phase, bytes, rate and what need not be sent, once a
 * second; the last line, which stays, says what was sent. Where it prints a line for each message
 * (`EngineLog.redrawn`), only an upload of more than five seconds is mentioned: once when it turns
 * out to be one, and once at its end. Where nothing was sent nothing stays, and where the work failed
 * nothing is said at the end: then the failure is what matters.
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
  /** The start of a long upload was said, in whatever way. */
  #announced = false;
  /** Something was said that a later status takes the place of. */
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
    // The CLI shows the last status until everything is done: it must not be one of work under way.
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
