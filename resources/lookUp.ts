import * as pulumi from "@pulumi/pulumi";
import type { LookupContext } from "../provider/lookups/context.js";
import { created } from "./dependencies.js";
import { outwardError } from "./lookupError.js";
import type { LookupInputs, LookupOutputOptions } from "./lookupInputs.js";
import { misusedOptions, misusedOutputOptions, noArguments, outputGiven } from "./misuse.js";

/** Loads the look-up when it is called: declaring resources needs no client. */
type Load<Args, Result> = () => Promise<(args: Args, context: LookupContext) => Promise<Result>>;

/** Looks up once the arguments are known values. `options` is what nobody may give. */
export async function lookUp<Args extends object, Result>(
  name: string,
  args: Args,
  options: readonly unknown[],
  load: Load<Args, Result>,
): Promise<Result> {
  const misuse =
    noArguments(name, args) ?? misusedOptions(name, options) ?? outputGiven(name, args);
  if (misuse !== undefined) throw misuse;
  // Read at once: which stack's configuration it is depends on who calls.
  const configuration = new pulumi.Config("acr");
  const release = pulumi.runtime.rpcKeepAlive();
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
  } finally {
    // The deployment of an inline program must not end before the result is there, and what depends on it is declared.
    setImmediate(release);
  }
}

/** Looks up when all arguments are known, and all that they come from is there; until then the result is unknown. */
export function lookUpOutput<Args extends object, Result>(
  name: string,
  args: LookupInputs<Args>,
  options: LookupOutputOptions,
  load: Load<Args, Result>,
): pulumi.Output<Result> {
  const misuse = noArguments(name, args) ?? misusedOutputOptions(name, options);
  if (misuse !== undefined)
    return pulumi.output(Promise.reject<Result>(misuse)) as pulumi.Output<Result>;
  const { registry, ...query } = args as pulumi.Inputs;
  const inputs = pulumi.all([
    pulumi.output(query),
    // What is found holds nothing of the password, so it need not be a secret because of it.
    pulumi.unsecret(pulumi.output(registry as pulumi.Input<object> | undefined)),
  ]);
  return pulumi
    .all([inputs, created(name, inputs, options)])
    .apply(([[known, settings]]) =>
      lookUp(name, { ...known, ...(settings && { registry: settings }) } as Args, [], load),
    ) as pulumi.Output<Result>;
}
