import type { RetentionPlan } from "../../artifact/retention/retentionPlan.js";
import type { DiffResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { sameJson } from "../plain.js";
import { sameRegistry } from "../registryIdentity.js";
import { asState, inputsOf } from "./state.js";

/**
 * Compares state and inputs. Pure. What a failed run left must be finished in any case. What `check`
 * found must be deleted even if the plan equals that of the last run: it was left alone then, and nothing
 * prevents it now.
 */
export function diffPolicy(
  olds: PropertyBag,
  news: PropertyBag,
  found: RetentionPlan | undefined,
  { log }: Pick<Operation, "log">,
): DiffResult {
  const replaces = olds["repository"] === news["repository"] ? [] : ["repository"];
  if (!sameRegistry(olds["registry"], news["registry"])) replaces.push("registry");
  const { __unfinished: unfinished } = asState(olds);
  if (unfinished.length > 0) {
    log.info(
      `an earlier run ended before it had deleted ${unfinished.join(", ")}: they are deleted now, unless something needs them`,
    );
    return { changes: true, replaces };
  }
  const same = replaces.length === 0 && sameJson(visible(inputsOf(olds)), visible(news));
  if (same && found !== undefined && found.victims.length > 0) return { changes: true, replaces };
  return { changes: same ? false : undefined, replaces };
}

/** Without the package's own properties, which do not concern the policy. */
function visible(inputs: PropertyBag): PropertyBag {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
}
