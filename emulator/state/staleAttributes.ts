import type { ChangeableAttributes } from "./attributes.js";

interface Changeable {
  readonly attributes: ChangeableAttributes;
}

/** For a while after a change, shows the attributes from before (reported: Azure/acr#212). */
export class StaleAttributes {
  private readonly earlier = new WeakMap<
    Changeable,
    { readonly attributes: ChangeableAttributes; readonly until: number }
  >();

  constructor(
    private readonly milliseconds: number,
    private readonly now: () => number,
  ) {}

  /** Must be called before a change. */
  remember(record: Changeable): void {
    if (this.milliseconds === 0) return;
    const until = this.now() + this.milliseconds;
    this.earlier.set(record, { attributes: this.seen(record).attributes, until });
  }

  /** The record as readers see it. */
  seen<Record extends Changeable>(record: Record): Record {
    const earlier = this.earlier.get(record);
    if (earlier === undefined || this.now() >= earlier.until) return record;
    return { ...record, attributes: earlier.attributes };
  }
}
