// Run as a program of its own: a provider process with operations under way, told to stop by SIGINT. Says "ready" when
// it can be interrupted, then what became of its operations.
import { setTimeout as delay } from "node:timers/promises";
import {
  type RunningOperations as Running,
  RunningOperations,
  stopOnInterrupt,
} from "../../../provider/lifecycle/operation.js";

const BUSY: Readonly<Record<string, (operations: Running) => void>> = {
  idle: () => undefined,
  finished: (operations) => {
    void operations.run(() => Promise.resolve());
  },
  /** Cleans up for a moment when it is aborted. */
  yielding: (operations) => {
    void operations.run(async (signal) => {
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      await delay(200);
      process.stdout.write("cleared up\n");
    });
  },
  stubborn: (operations) => {
    void operations.run(() => new Promise<void>(() => undefined));
  },
};

function main(state = "idle"): void {
  const operations = new RunningOperations();
  stopOnInterrupt(operations);
  BUSY[state]?.(operations);
  setInterval(() => undefined, 1_000);
  setImmediate(() => process.stdout.write("ready\n"));
}

if (require.main === module) main(process.argv[2]);
