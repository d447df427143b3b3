import type { Host } from "../host.js";
import type { CheckResult, DiffResult, PropertyBag } from "../lifecycle.js";
import { sameJson } from "../plain.js";
import { checkRegistry } from "../registryCheck.js";
import { sameRegistry, sameSettings } from "../registryIdentity.js";
import { ATTRIBUTE_NAMES } from "../../registry/attributes.js";
import { containsUnknown } from "../../arguments/unknown.js";
import { type AttributeKind, type AttributeState, attributesOf, baseOf } from "./kind.js";

export function checkAttributes(kind: AttributeKind, host: Host, news: PropertyBag): CheckResult {
  const invalid = kind.validate(news);
  const { failures: missing, registry } = checkRegistry(host, news, invalid);
  const failures = [...invalid, ...missing];
  if (failures.length > 0) return { inputs: news, failures };
  const inputs = kind.complete({ ...news, registry });
  const urn = inputs["__urn"];
  if (typeof urn !== "string" || containsUnknown(inputs)) return { inputs, failures };
  const reference = kind.id(baseOf(inputs), inputs);
  const rival = host.locks.rival(urn, reference, attributesOf(inputs));
  host.locks.declare(urn, reference, attributesOf(inputs));
  if (rival === undefined) return { inputs, failures };
  const reason = `the attributes of ${reference} are declared by ${rival} too, with other values`;
  return { inputs: news, failures: [{ property: "", reason }] };
}

/**
 * Compares state and inputs. Also records the previous values in the state, which `create` of a
 * replacement does not receive.
 */
export function diffAttributes(
  kind: AttributeKind,
  host: Host,
  olds: PropertyBag,
  news: PropertyBag,
): DiffResult {
  const state = olds as unknown as AttributeState;
  const replaces = kind.identity.filter((name) => olds[name] !== news[name]);
  if (!sameRegistry(olds["registry"], news["registry"])) replaces.push("registry");
  host.locks.remember(state.__previous);
  host.locks.hold(news["__urn"], replaces.length > 0 ? {} : state.__previous);
  if (replaces.length > 0) return { changes: undefined, replaces };
  const unchanged =
    state.drift.length === 0 &&
    sameSettings(olds["registry"], news["registry"]) &&
    [...ATTRIBUTE_NAMES, ...kind.compared].every((name) =>
      sameJson(olds[name] ?? null, news[name] ?? null),
    );
  // An artifact's lock was just opened together with ours, which must be set again.
  const opened = Object.keys(state.__previous).some((reference) => host.locks.wasOpened(reference));
  if (unchanged && opened) return { changes: true, replaces };
  return { changes: unchanged ? false : undefined, replaces };
}
