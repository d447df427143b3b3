import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { AcrError } from "../errors.js";
import { DEFLATE_BLOCK_SIZE, deflateBlock } from "./deflateBlock.js";
import { type DeflateAnswer, type DeflateRequest, READY } from "./deflateMessages.js";

/** More threads are not worth their memory, about 15 MiB each. */
const MOST_THREADS = 16;
/**
 * How long idle threads are kept. Starting one takes about 30 ms, so artifacts packed one after the other
 * should share them.
 */
const IDLE_MS = 500;

interface Job {
  readonly request: DeflateRequest;
  readonly resolve: (deflated: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Threads that compress blocks. They start with the first block, do not keep the process alive, and end
 * after a short idle time.
 */
export class DeflatePool {
  readonly threads: number;
  readonly #running = new Map<Worker, Job | undefined>();
  /**
   * Threads that are still loading. They get no blocks, because a block would be lost if the thread
   * fails.
   */
  readonly #starting = new Set<Worker>();
  readonly #waiting: Job[] = [];
  /** Memory of compressed blocks, reused for the next ones, so that memory use stays constant. */
  readonly #spare: ArrayBuffer[] = [];
  #idleTimer: NodeJS.Timeout | undefined;

  readonly #program: string;

  constructor(
    threads = Math.min(availableParallelism(), MOST_THREADS),
    program = join(__dirname, "deflateWorker.js"),
  ) {
    this.threads = threads;
    this.#program = program;
  }

  /** An empty block, to be filled by the caller. */
  block(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(DEFLATE_BLOCK_SIZE));
  }

  /**
   * Compresses the first `length` bytes of a block from {@link block}, whose memory passes to the pool.
   */
  deflate(block: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array> {
    clearTimeout(this.#idleTimer);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { memory: block.buffer, length }, resolve, reject });
      this.#dispatch();
    });
  }

  /** Number of existing threads. */
  get running(): number {
    return this.#running.size + this.#starting.size;
  }

  /** Ends all threads. Blocks that are being compressed fail; the pool can be used again. */
  async close(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const workers = [...this.#running.keys(), ...this.#starting];
    const jobs = [...this.#running.values(), ...this.#waiting.splice(0)];
    // The list is cleared first, so that a block that arrives meanwhile gets a new thread.
    this.#running.clear();
    this.#starting.clear();
    this.#spare.length = 0;
    for (const job of jobs) job?.reject(closed());
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #dispatch(): void {
    for (const [worker, job] of this.#running) if (job === undefined) this.#give(worker);
    while (this.#waiting.length > this.#starting.size && this.running < this.threads) this.#start();
  }

  #give(worker: Worker): void {
    const job = this.#waiting.shift();
    this.#running.set(worker, job);
    if (job === undefined) return worker.unref();
    // Only a working thread keeps the process alive, because somebody waits for its result.
    worker.ref();
    worker.postMessage(job.request, [job.request.memory]);
  }

  #start(): void {
    const worker = new Worker(this.#program, { execArgv: [] });
    this.#starting.add(worker);
    worker.on("message", (said: DeflateAnswer | typeof READY) => {
      if (said === READY) this.#ready(worker);
      else this.#answer(worker, said);
    });
    worker.on("error", (error) => this.#ended(worker, error as Error));
    worker.on("exit", () => this.#ended(worker, new Error("a compression thread ended early")));
  }

  #ready(worker: Worker): void {
    if (!this.#starting.delete(worker)) return;
    this.#give(worker);
    this.#restIfIdle();
  }

  #answer(worker: Worker, { memory, deflated }: DeflateAnswer): void {
    const job = this.#running.get(worker);
    if (this.#spare.length <= this.threads) this.#spare.push(memory);
    this.#give(worker);
    job?.resolve(deflated);
    this.#restIfIdle();
  }

  #isBusy(): boolean {
    return this.#waiting.length > 0 || [...this.#running.values()].some((job) => job !== undefined);
  }

  /** Also called when a thread becomes ready after the others have done all the work. */
  #restIfIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#isBusy()) return;
    this.#idleTimer = setTimeout(() => {
      if (!this.#isBusy()) void this.close();
    }, IDLE_MS).unref();
  }

  /**
   * A thread could not start. If that was for lack of file descriptors, the current thread does its work.
   */
  #doWithout(error: Error): void {
    const job = this.#waiting.shift();
    if (job === undefined) return;
    if (!isShortage(error)) return job.reject(threadFailed(error));
    const { memory, length } = job.request;
    const deflated = deflateBlock(new Uint8Array(memory, 0, length));
    this.#spare.push(memory);
    job.resolve(deflated);
  }

  #ended(worker: Worker, error: Error): void {
    if (this.#starting.delete(worker)) this.#doWithout(error);
    const job = this.#running.get(worker);
    this.#running.delete(worker);
    job?.reject(threadFailed(error));
    if (this.#waiting.length > 0) this.#dispatch();
    else this.#restIfIdle();
  }
}

function closed(): AcrError {
  const reason = "the threads that compress were closed before they were done";
  return new AcrError("ABORTED", `cannot compress: ${reason}`);
}

/** The error when a thread fails. The source is not to blame, and another attempt may succeed. */
function threadFailed(error: Error): AcrError {
  const message = `cannot compress: a thread for it failed (${error.message}); run it again`;
  return new AcrError("SOURCE_UNREADABLE", message, { cause: error });
}

/** Whether the process has run out of file descriptors, which Node reports in several ways. */
function isShortage(error: Error): boolean {
  return /\b(?:EMFILE|ENFILE)\b|too many open files/.test(error.message);
}

/** The pool that all packing in this process shares. */
export const deflatePool = new DeflatePool();
