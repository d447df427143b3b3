import * as pulumi from "@pulumi/pulumi";
import type { LookupContext } from "../provider/lookups/context.js";
import { whenCreated } from "./whenCreated.js";
import { outwardError } from "./lookupError.js";
import type { LookupInputs, LookupOutputOptions } from "./lookupInputs.js";
import { misusedOptions, misusedOutputOptions, noArguments, outputGiven } from "./misuse.js";

/** Loads the look-up only when it is called, since declaring resources needs no client. */
type Load<Args, Result> = () => Promise<(args: Args, context: LookupContext) => Promise<Result>>;

/** Runs a look-up on known values. It takes no options: any that are given are refused. */
export async function lookUp<Args extends object, Result>(
  name: string,
  args: Args,
  options: readonly unknown[],
  load: Load<Args, Result>,
): Promise<Result> {
  const misuse =
    noArguments(name, args) ?? misusedOptions(name, options) ?? outputGiven(name, args);
  if (misuse !== undefined) throw misuse;
  // Read now: which stack's configuration this is depends on the caller's context.
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
    // An inline program's deployment must not end before the resources that depend on the result are declared.
    setImmediate(release);
  }
}

/** Runs a look-up once all arguments are known and the resources they come from exist; until then the result is unknown. */
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
    // The result contains nothing of the password, so it need not become a secret because of it.
    pulumi.unsecret(pulumi.output(registry as pulumi.Input<object> | undefined)),
  ]);
  return pulumi
    .all([inputs, whenCreated(name, inputs, options)])
    .apply(([[known, settings]]) =>
      lookUp(name, { ...known, ...(settings && { registry: settings }) } as Args, [], load),
    ) as pulumi.Output<Result>;
}
