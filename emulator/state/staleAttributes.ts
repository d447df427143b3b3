import type { ChangeableAttributes } from "./attributes.js";

interface Changeable {
  readonly attributes: ChangeableAttributes;
}

/** Shows attributes as they were before a change, for a while after it (reported: Azure/acr#212). */
export class StaleAttributes {
  private readonly earlier = new WeakMap<
    Changeable,
    { readonly attributes: ChangeableAttributes; readonly until: number }
  >();

  constructor(
    private readonly milliseconds: number,
    private readonly now: () => number,
  ) {}

  /** To be called before a change. */
  remember(record: Changeable): void {
    if (this.milliseconds === 0) return;
    const until = this.now() + this.milliseconds;
    this.earlier.set(record, { attributes: this.seen(record).attributes, until });
  }

  /** The record as a reader sees it. */
  seen<Record extends Changeable>(record: Record): Record {
    const earlier = this.earlier.get(record);
    if (earlier === undefined || this.now() >= earlier.until) return record;
    return { ...record, attributes: earlier.attributes };
  }
}
