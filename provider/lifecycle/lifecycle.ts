import type { CheckFailure } from "../arguments/checkFailure.js";
import type { Operation } from "./operation.js";

/** Properties as the engine passes them: plain JSON, secrets in clear text, unknowns as a sentinel. */
export type PropertyBag = Readonly<Record<string, unknown>>;

export interface CheckResult {
  readonly inputs: PropertyBag;
  readonly failures: readonly CheckFailure[];
}

export interface DiffResult {
  /**
   * `undefined` lets the engine compare the inputs itself, which makes its detailed diff,
   * `replaceOnChanges` and drift in `preview --refresh` work; `false` means no change; `true` means a
   * change although the inputs equal those written by the last refresh.
   */
  readonly changes: boolean | undefined;
  readonly replaces: readonly string[];
}

export interface CreateResult {
  readonly id: string;
  readonly outs: PropertyBag;
}

export interface ReadResult {
  readonly id: string;
  readonly outs: PropertyBag;
  /**
   * The live state in the form of inputs. The differences to the declared inputs are what `up` repairs.
   */
  readonly inputs: PropertyBag;
}

/**
 * The six verbs of one kind of resource, each of which may log to the resource's row. For published
 * content, `check` and `diff` decide without network. `read` returns `undefined` only for what the
 * registry itself says does not exist.
 */
export interface Lifecycle {
  check(olds: PropertyBag, news: PropertyBag, operation: Operation): Promise<CheckResult>;
  diff(
    id: string,
    olds: PropertyBag,
    news: PropertyBag,
    operation: Operation,
  ): DiffResult | Promise<DiffResult>;
  create(inputs: PropertyBag, operation: Operation): Promise<CreateResult>;
  read(id: string, state: PropertyBag, operation: Operation): Promise<ReadResult | undefined>;
  update(
    id: string,
    olds: PropertyBag,
    news: PropertyBag,
    operation: Operation,
  ): Promise<PropertyBag>;
  delete(id: string, state: PropertyBag, operation: Operation): Promise<void>;
}
