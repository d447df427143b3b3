import * as pulumi from "@pulumi/pulumi";
import type { LookupOutputOptions } from "./lookupInputs.js";
import { invalid } from "./misuse.js";

/**
 * An output that is known once all resources exist that `inputs` come from or `dependsOn` names, as for the functions of
 * Pulumi's providers: while a resource is only planned, its id is unknown. The output depends on all of them.
 */
export function whenCreated(
  lookup: string,
  inputs: pulumi.Output<unknown>,
  { dependsOn }: LookupOutputOptions,
): pulumi.Output<unknown> {
  const named = pulumi.output(dependsOn).apply((given) => {
    const resources: unknown[] = [given ?? []].flat();
    if (resources.every((one) => pulumi.Resource.isInstance(one))) return presenceOf(resources);
    throw invalid(`${lookup}: dependsOn: expected resources`);
  });
  const implied = pulumi.getAllResources(pulumi.all([inputs, named])).then(presenceOf);
  return pulumi.all([named, pulumi.output(implied)]);
}

async function presenceOf(resources: Iterable<pulumi.Resource>): Promise<pulumi.Output<unknown>[]> {
  const reached = new Set<pulumi.Resource>();
  await reach(resources, reached);
  // A component has no id, and neither has what is known by its URN alone.
  return [...reached].map((one) => (one as Partial<pulumi.CustomResource>).id ?? one.urn);
}

/** What every Pulumi SDK of this process, whichever its version, keeps of a component. */
interface Family {
  /** Settled when the component is complete. */
  readonly __data?: Promise<unknown>;
  readonly __childResources?: ReadonlySet<pulumi.Resource>;
}

/** A component is there when its children are. */
async function reach(
  resources: Iterable<pulumi.Resource>,
  reached: Set<pulumi.Resource>,
): Promise<void> {
  const fresh = [...resources].filter((one) => !reached.has(one));
  for (const one of fresh) reached.add(one);
  const components = fresh.filter((one) => pulumi.ComponentResource.isInstance(one));
  await Promise.all(
    components.map(async (component) => {
      const family = component as Family;
      await family.__data;
      await reach(family.__childResources ?? [], reached);
    }),
  );
}
