import { untilAborted } from "../concurrency/singleFlight.js";
import { Turns } from "../concurrency/turns.js";
import { aborted } from "../http/clock.js";
import type { Transport } from "../http/transport.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Tag } from "../oci/reference.js";
import type { ReferrerChanges } from "./referrersDocument.js";
import type { RepositoryContext } from "./repositoryContext.js";

/** A change of a list of referrers: with an entry, add the referrer; without one, remove it. */
export interface ReferrerChange {
  readonly digest: string;
  readonly entry: Descriptor | undefined;
}

type Apply = (changes: ReferrerChanges, signal: AbortSignal) => Promise<void>;

/** One turn per registry, repository and tag, shared by all clients of this process. */
const turns = new Turns();
const batches = new WeakMap<Transport, Map<string, ReferrerBatches>>();

/**
 * Changes one client's lists of referrers. Changes of the same list take turns with those of all other
 * clients of this process. Changes that wait at the same time are written together: twenty signatures
 * need one write.
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
    // A batch that everybody stopped waiting for stays cancelled.
    if (this.#waiting?.stop.signal.aborted === true) this.#waiting = undefined;
    const batch = (this.#waiting ??= this.#begin(apply));
    batch.changes.set(change.digest, change.entry);
    const leave = batch.stop.join(signal);
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
    const stop = new SharedAbort();
    const done = turns.take(this.#key, async () => {
      if (this.#waiting?.stop === stop) this.#waiting = undefined;
      stop.signal.throwIfAborted();
      await apply(changes, stop.signal);
    });
    // The callers get the error; if they have all stopped waiting, nobody handles it.
    done.catch(() => undefined);
    return { changes, stop, done };
  }
}

interface Batch {
  readonly changes: Map<string, Descriptor | undefined>;
  readonly stop: SharedAbort;
  readonly done: Promise<void>;
}

/** A signal for work that several callers share: aborted when all of them have given up. */
class SharedAbort {
  readonly #controller = new AbortController();
  #waiting = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Adds a caller. Returns a function that removes it, because a signal may outlive very many changes.
   */
  join(signal: AbortSignal): () => void {
    this.#waiting += 1;
    const giveUp = (): void => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#controller.abort(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    return () => signal.removeEventListener("abort", giveUp);
  }
}
