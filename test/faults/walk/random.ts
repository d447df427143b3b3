/** Numbers that follow from a seed alone (mulberry32), so that a walk can be taken again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 to less than the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new RangeError("there is nothing to choose from");
    return chosen;
  }

  /** At most this many of the choices, in their order. */
  some<T>(choices: readonly T[], most: number): T[] {
    const wanted = this.below(Math.min(most, choices.length) + 1);
    const chosen = new Set<number>();
    while (chosen.size < wanted) chosen.add(this.below(choices.length));
    return choices.filter((_choice, index) => chosen.has(index));
  }
}
