import * as pulumi from "@pulumi/pulumi";
import type { LookupContext } from "../provider/lookups/context.js";
import { LookupError, outwardError } from "./lookupError.js";
import type { LookupInputs, LookupOutputOptions } from "./lookupInputs.js";

/** Loads the look-up when it is called: declaring resources needs no client. */
type Load<Args, Result> = () => Promise<(args: Args, context: LookupContext) => Promise<Result>>;

/** Looks up once the arguments are known values. */
export async function lookUp<Args extends object, Result>(
  name: string,
  args: Args,
  load: Load<Args, Result>,
): Promise<Result> {
  if (typeof (args as unknown) !== "object" || (args as unknown) === null) {
    throw invalid(`${name}: expected an object of arguments`);
  }
  refuseOutputs(name, args);
  // Read at once: which stack's configuration it is depends on who calls.
  const configuration = new pulumi.Config("acr");
  try {
    const [find, { programContext }] = await Promise.all([
      load(),
      import("../provider/lookups/context.js"),
    ]);
    return await find(
      args,
      programContext((key) => configuration.get(key)),
    );
  } catch (error) {
    throw outwardError(name, error);
  }
}

/** Looks up when all arguments are known; until then, at a preview, the result is unknown. */
export function lookUpOutput<Args extends object, Result>(
  name: string,
  args: LookupInputs<Args>,
  options: LookupOutputOptions,
  load: Load<Args, Result>,
): pulumi.Output<Result> {
  const { registry, ...query } = args as pulumi.Inputs;
  return pulumi
    .all([
      pulumi.output(query),
      // What is found holds nothing of the password, so it need not be a secret because of it.
      pulumi.unsecret(pulumi.output(registry as pulumi.Input<object> | undefined)),
      idsOf(options.dependsOn),
    ])
    .apply(([known, settings]) =>
      lookUp(name, { ...known, ...(settings && { registry: settings }) } as Args, load),
    ) as pulumi.Output<Result>;
}

/** The id of a resource is unknown until it is there. */
function idsOf(resources: LookupOutputOptions["dependsOn"]): pulumi.Output<unknown> {
  return pulumi.output(resources).apply((one) => {
    const all = (one === undefined ? [] : [one].flat()) as pulumi.CustomResource[];
    return pulumi.all(all.map(({ id }) => id));
  });
}

/** In JavaScript nothing else stops an output where a value is meant. */
function refuseOutputs(name: string, args: object): void {
  const [property] = Object.entries(args).find(([, value]) => holdsOutput(value)) ?? [];
  if (property === undefined) return;
  throw invalid(`${name}: ${property} is an output: use ${name}Output, which waits for its value`);
}

function invalid(message: string): LookupError {
  return new LookupError("INPUT_INVALID", `${message} [INPUT_INVALID]`);
}

function holdsOutput(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsOutput);
}
