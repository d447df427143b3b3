import { containsUnknown, UNKNOWN } from "../../../provider/arguments/unknown.js";
import type { ProviderHost } from "./providerHost.js";
import {
  type Bag,
  type Declaration,
  type OutputsOf,
  type ResourceState,
  urnOf,
} from "./resourceState.js";

type Dependencies = Readonly<Record<string, readonly string[]>>;

/** Outputs of an unknown resource. */
const UNKNOWN_OUTPUTS = new Proxy<Bag>({}, { get: () => UNKNOWN });

type Identity = Pick<ResourceState, "urn" | "name" | "kind" | "retainOnDelete" | "dependencies">;

/** What the engine keeps of a declaration besides inputs and outputs. */
export function identityOf(
  declaration: Declaration,
  outputsOf: OutputsOf,
  state: readonly ResourceState[],
): Identity {
  const { kind, name, retainOnDelete = false } = declaration;
  const dependencies = propertyDependencies(declaration, outputsOf, state);
  return { urn: urnOf(kind, name), name, kind, retainOnDelete, dependencies };
}

/**
 * Which properties hold outputs of which resources. The SDK tracks its `Output`s; here the outputs
 * of one resource are made unknown to see which properties become unknown.
 */
function propertyDependencies(
  { inputs }: Declaration,
  outputsOf: OutputsOf,
  state: readonly ResourceState[],
): Dependencies {
  if (typeof inputs !== "function") return {};
  const asked = new Set<string>();
  inputs((name) => {
    asked.add(name);
    return outputsOf(name);
  });
  const found: Record<string, string[]> = {};
  for (const name of asked) {
    const urn = state.find((one) => one.name === name && !one.pendingDelete)?.urn;
    if (urn === undefined) continue;
    const shown = inputs((other) => (other === name ? UNKNOWN_OUTPUTS : outputsOf(other)));
    for (const [property, value] of Object.entries(shown)) {
      if (containsUnknown(value)) (found[property] ??= []).push(urn);
    }
  }
  return found;
}

/**
 * Resources to delete before one with deleteBeforeReplace: of those that hold its outputs, those
 * whose `diff` is a replacement if these are unknown, and so on (pulumi/pulumi,
 * `calculateDependentReplacements`). Resources that the program has already declared cannot depend
 * on it.
 */
export async function dependentsToReplace(
  provider: ProviderHost,
  root: ResourceState,
  state: readonly ResourceState[],
  seen: ReadonlySet<string>,
): Promise<ResourceState[]> {
  const replaced = new Set([root.urn]);
  const found: ResourceState[] = [];
  for (const one of state) {
    if (one === root || one.pendingDelete || seen.has(one.urn)) continue;
    const concerned = Object.entries(one.dependencies ?? {}).filter(([, urns]) =>
      urns.some((urn) => replaced.has(urn)),
    );
    if (concerned.length === 0) continue;
    const unknown = Object.fromEntries(concerned.map(([property]) => [property, UNKNOWN]));
    const inputs = { ...one.inputs, ...unknown };
    const { replaces } = await provider.diff(one.kind, one.id, one.outputs, inputs);
    if (replaces.length === 0) continue;
    replaced.add(one.urn);
    found.push(one);
  }
  return found;
}
