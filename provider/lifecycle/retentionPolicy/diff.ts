import type { DiffResult, PropertyBag } from "../lifecycle.js";
import type { Operation } from "../operation.js";
import { sameJson } from "../plain.js";
import { sameRegistry } from "../registryIdentity.js";
import { asState, inputsOf } from "./state.js";

/** Pure comparison of state and inputs; what a failed run left behind is to be finished in any case. */
export function diffPolicy(
  olds: PropertyBag,
  news: PropertyBag,
  { log }: Pick<Operation, "log">,
): DiffResult {
  const replaces = olds["repository"] === news["repository"] ? [] : ["repository"];
  if (!sameRegistry(olds["registry"], news["registry"])) replaces.push("registry");
  const { __unfinished: unfinished } = asState(olds);
  if (unfinished.length > 0) {
    log.info(
      `an earlier run ended before it had deleted ${unfinished.join(", ")}: they go now, unless something needs them`,
    );
    return { changes: true, replaces };
  }
  const unchanged = replaces.length === 0 && sameJson(visible(inputsOf(olds)), visible(news));
  return { changes: unchanged ? false : undefined, replaces };
}

/** The package's own keys say nothing of the policy. */
function visible(inputs: PropertyBag): PropertyBag {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
}
