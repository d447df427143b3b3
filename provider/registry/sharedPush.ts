import { untilAborted } from "../concurrency/singleFlight.js";
import { isRegistryError } from "./refusal.js";
import type { PushOutcome } from "./repository.js";
import type { RepositoryContext } from "./repositoryContext.js";
import { isSourceFailure } from "./sourceFailure.js";
import type { Transport } from "../http/transport.js";

interface Flight {
  readonly transport: Transport;
  readonly outcome: Promise<PushOutcome>;
}

/** Running pushes of this process, by registry, repository and digest. */
const flights = new Map<string, Flight>();

/**
 * If two callers push the same blob to the same repository at the same time, it is sent once, and the
 * second caller gets "existed". A refusal by the registry holds for both, unless they use different
 * credentials. If the first push is aborted, or its source fails, the second caller sends the blob
 * itself.
 */
export async function sharedPush(
  context: RepositoryContext,
  content: string,
  push: () => Promise<PushOutcome>,
  signal?: AbortSignal,
): Promise<PushOutcome> {
  const key = `${context.transport.origin}/${context.repository}@${content}`;
  for (;;) {
    const flight = flights.get(key);
    if (flight === undefined) return lead(key, context.transport, push);
    const outcome = await untilAborted(settled(flight), signal);
    if (outcome.done) return "existed";
    if (isSourceFailure(outcome.error)) continue;
    if (flight.transport === context.transport && isRegistryError(outcome.error)) {
      throw outcome.error;
    }
  }
}

function lead(
  key: string,
  transport: Transport,
  push: () => Promise<PushOutcome>,
): Promise<PushOutcome> {
  const outcome = push().finally(() => flights.delete(key));
  flights.set(key, { transport, outcome });
  return outcome;
}

function settled(flight: Flight): Promise<{ done: boolean; error?: unknown }> {
  return flight.outcome.then(
    () => ({ done: true }),
    (error: unknown) => ({ done: false, error }),
  );
}
