import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import type { Clock } from "../../../provider/http/clock.js";
import { hastyClock } from "../hastyClock.js";

/** Waits of a second cost ten milliseconds. */
const SPEED = 100;
/** Longer than the keepNewerThan of any policy in a walk. */
const LONG_MS = 60 * 7 * 86_400_000;

/** A registry for walks one after the other, and what time it is there. */
export class Lane {
  #later = 0;

  private constructor(
    readonly emulator: Emulator,
    readonly clock: Clock,
  ) {}

  static async start(): Promise<Lane> {
    const time: { lane?: Lane } = {};
    const later = (): number => time.lane?.later ?? 0;
    const emulator = await startEmulator({
      now: () => performance.timeOrigin + performance.now() + later(),
    });
    const hasty = hastyClock(SPEED);
    time.lane = new Lane(emulator, { ...hasty, now: () => hasty.now() + later() });
    return time.lane;
  }

  get later(): number {
    return this.#later;
  }

  /** From now on everything that exists counts as old. */
  passTime(): void {
    this.#later += LONG_MS;
  }

  close(): Promise<void> {
    return this.emulator.close();
  }
}
