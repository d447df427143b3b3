import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { AcrError } from "../errors.js";
import { DEFLATE_BLOCK_SIZE, deflateBlock } from "./deflateBlock.js";
import { type DeflateAnswer, type DeflateRequest, READY } from "./deflateMessages.js";

/** More threads than this are not worth their memory, about 15 MiB each. */
const MOST_THREADS = 16;
/** Starting a thread takes some 30 ms; artifacts that are packed one after the other share them. */
const IDLE_MS = 500;

interface Job {
  readonly request: DeflateRequest;
  readonly resolve: (deflated: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Threads that compress blocks. They start with the first block, never keep the process alive, and
 * are ended when nobody has needed them for a moment.
 */
export class DeflatePool {
  readonly threads: number;
  readonly #running = new Map<Worker, Job | undefined>();
  /** Threads that are still loading what they need; a block given to one that fails would be lost. */
  readonly #starting = new Set<Worker>();
  readonly #waiting: Job[] = [];
  /** Memory of blocks that were compressed, for the next ones: usage stays flat. */
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

  /** An empty block to fill. */
  block(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(DEFLATE_BLOCK_SIZE));
  }

  /** Compresses a block that {@link block} gave, of which `length` bytes are filled, and takes it. */
  deflate(block: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array> {
    clearTimeout(this.#idleTimer);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { memory: block.buffer, length }, resolve, reject });
      this.#dispatch();
    });
  }

  /** Number of threads that exist now. */
  get running(): number {
    return this.#running.size + this.#starting.size;
  }

  /** Ends all threads; blocks that are still being compressed fail. The pool can be used again. */
  async close(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const workers = [...this.#running.keys(), ...this.#starting];
    const jobs = [...this.#running.values(), ...this.#waiting.splice(0)];
    // Forgotten first: a block that arrives while the threads are ending gets a new one.
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
    // Only a thread at work holds the process: somebody waits for its answer.
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

  /** Called more than once in a row where a thread gets ready after another has done all the work. */
  #restIfIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#isBusy()) return;
    this.#idleTimer = setTimeout(() => {
      if (!this.#isBusy()) void this.close();
    }, IDLE_MS).unref();
  }

  /** A thread could not start: where files could not be opened, this one does what it was to do. */
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

/** The source is not to blame, but cannot be published; a new thread may be luckier. */
function threadFailed(error: Error): AcrError {
  const message = `cannot compress: a thread for it failed (${error.message}); run it again`;
  return new AcrError("SOURCE_UNREADABLE", message, { cause: error });
}

/** The process may have no descriptors left for the moment; Node has several ways to say so. */
function isShortage(error: Error): boolean {
  return /\b(?:EMFILE|ENFILE)\b|too many open files/.test(error.message);
}

/** Shared by all that is packed in this process. */
export const deflatePool = new DeflatePool();
