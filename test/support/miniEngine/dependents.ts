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

/** Outputs of a resource of which nothing is known. */
const UNKNOWN_OUTPUTS = new Proxy<Bag>({}, { get: () => UNKNOWN });

type Identity = Pick<ResourceState, "urn" | "name" | "kind" | "retainOnDelete" | "dependencies">;

/** What the engine itself keeps of a declaration, beside inputs and outputs. */
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
 * Which properties hold outputs of which resources. The SDK follows its `Output`s; here an output that
 * is taken for unknown shows where it went.
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
 * What must go before a resource that is deleted before it is replaced: of the resources that hold its
 * outputs, those whose `diff` calls it a replacement if these are unknown, and so on (pulumi/pulumi,
 * `calculateDependentReplacements`). What the program has come to already cannot depend on it any more.
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
