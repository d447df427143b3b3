import { setMaxListeners } from "node:events";

/** A signal that ends with others, until it is let go of. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Ends the link, when what the signal was for is over. */
  readonly unlink: () => void;
}

/**
 * A signal that is aborted as soon as one of these is, of which some may be absent. What `AbortSignal.any` is for, but on Node 22 each of
 * its signals leaves some hundred bytes behind with those that it depends on, for as long as they live; and
 * one of a service's may live for millions of requests.
 */
export function linkedSignal(...given: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const sources = given.filter((one) => one !== undefined);
  const controller = new AbortController();
  const unlink = (): void => {
    for (const source of sources) source.removeEventListener("abort", abort);
  };
  const abort = (): void => {
    unlink();
    controller.abort(sources.find(({ aborted }) => aborted)?.reason);
  };
  for (const source of sources) {
    // Early versions of Node 22 warn of a leak at the eleventh call that is given the same signal.
    setMaxListeners(0, source);
    source.addEventListener("abort", abort, { once: true });
  }
  if (sources.some(({ aborted }) => aborted)) abort();
  return { signal: controller.signal, unlink };
}
