import { untilAborted } from "../concurrency/singleFlight.js";
import { Turns } from "../concurrency/turns.js";
import { aborted } from "../http/clock.js";
import type { Transport } from "../http/transport.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Tag } from "../oci/reference.js";
import type { ReferrerChanges } from "./referrersDocument.js";
import type { RepositoryContext } from "./repositoryContext.js";

/** A referrer to be listed, or (without an entry) not to be listed any more. */
export interface ReferrerChange {
  readonly digest: string;
  readonly entry: Descriptor | undefined;
}

type Apply = (changes: ReferrerChanges, signal: AbortSignal) => Promise<void>;

/** By registry, repository and tag, whichever client of this process goes there. */
const turns = new Turns();
const batches = new WeakMap<Transport, Map<string, ReferrerBatches>>();

/**
 * Changes of one list of referrers through one client. They take turns with those of all other
 * clients of this process, and those that wait go together: twenty signatures are one write.
 */
export class ReferrerBatches {
  readonly #key: string;
  #waiting: Batch | undefined;

  private constructor(key: string) {
    this.#key = key;
  }

  static of({ transport, repository }: RepositoryContext, tag: Tag): ReferrerBatches {
    const own = batches.get(transport) ?? new Map<string, ReferrerBatches>();
    batches.set(transport, own);
    const key = `${transport.origin}/${repository}:${tag}`;
    const known = own.get(key) ?? new ReferrerBatches(key);
    own.set(key, known);
    return known;
  }

  async submit(
    change: ReferrerChange,
    apply: Apply,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<void> {
    if (signal.aborted) throw aborted(signal);
    // What everybody gave up while it waited is called off for good.
    if (this.#waiting?.stop.signal.aborted === true) this.#waiting = undefined;
    const batch = (this.#waiting ??= this.#begin(apply));
    batch.changes.set(change.digest, change.entry);
    const leave = batch.stop.await(signal);
    try {
      await untilAborted(batch.done, signal);
    } catch (error) {
      throw signal.reason === undefined ? error : aborted(signal);
    } finally {
      leave();
    }
  }

  #begin(apply: Apply): Batch {
    const changes = new Map<string, Descriptor | undefined>();
    const stop = new StopTogether();
    const done = turns.take(this.#key, async () => {
      if (this.#waiting?.stop === stop) this.#waiting = undefined;
      stop.signal.throwIfAborted();
      await apply(changes, stop.signal);
    });
    // Who waits for it hears of it; the last one may have stopped waiting.
    done.catch(() => undefined);
    return { changes, stop, done };
  }
}

interface Batch {
  readonly changes: Map<string, Descriptor | undefined>;
  readonly stop: StopTogether;
  readonly done: Promise<void>;
}

/** Aborted when everybody has given up, since the work is for all of them. */
class StopTogether {
  readonly #controller = new AbortController();
  #waiting = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Answers how to leave when the work is done: one signal may outlive very many changes. */
  await(signal: AbortSignal): () => void {
    this.#waiting += 1;
    const giveUp = (): void => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#controller.abort(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    return () => signal.removeEventListener("abort", giveUp);
  }
}
