import type { Host } from "../host.js";
import type { Lifecycle } from "../lifecycle.js";
import { baseOf } from "../published/state.js";
import { applyPolicy } from "./apply.js";
import { checkPolicy } from "./check.js";
import { diffPolicy } from "./diff.js";
import { asInputs } from "./inputs.js";
import { asState, inputsOf, NO_RESULTS } from "./state.js";

/** The six verbs of `RetentionPolicy`. */
export function retentionPolicy(host: Host): Lifecycle {
  return {
    check: (olds, news, operation) => checkPolicy(host, olds, news, operation),
    diff: (_id, olds, news, operation) => {
      const found = host.retentionPlans.get(asInputs(news).__urn ?? "")?.plan;
      return diffPolicy(olds, news, found, operation);
    },
    create: async (inputs, operation) => ({
      id: baseOf(asInputs(inputs)),
      outs: await applyPolicy(host, inputs, NO_RESULTS, operation),
    }),
    // A policy does not exist in the registry, so there is nothing to read; `check` finds what has
    // expired.
    read: (id, state) => Promise.resolve({ id, outs: state, inputs: inputsOf(state) }),
    update: (_id, olds, news, operation) => applyPolicy(host, news, asState(olds), operation),
    delete: (id, state, { log }) => {
      const { __unfinished: left } = asState(state);
      if (left.length > 0)
        log.warn(`${id}: an earlier run ended before it had deleted ${left.join(", ")}: they stay`);
      return Promise.resolve();
    },
  };
}
