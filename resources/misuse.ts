import * as pulumi from "@pulumi/pulumi";
import { LookupError } from "./lookupError.js";

// What the compiler refuses: in JavaScript nothing else does.

export function noArguments(name: string, args: unknown): LookupError | undefined {
  const isObject = typeof args === "object" && args !== null && !Array.isArray(args);
  if (isObject && !isDeferred(args)) return undefined;
  return invalid(`${name}: expected an object of arguments`);
}

/** Outputs where values are meant. */
export function outputGiven(name: string, args: object): LookupError | undefined {
  const [property] = Object.entries(args).find(([, value]) => holdsDeferred(value)) ?? [];
  if (property === undefined) return undefined;
  return invalid(`${name}: ${property} is an output: use ${name}Output, which waits for its value`);
}

/** A look-up for values takes no options. As a callback of `map` it is given an index behind its arguments. */
export function misusedOptions(
  name: string,
  [options]: readonly unknown[],
): LookupError | undefined {
  const [given] = optionsGiven(options);
  if (given === "dependsOn") {
    return invalid(`${name}: dependsOn: a promise cannot wait for a resource: use ${name}Output`);
  }
  return given === undefined ? undefined : withoutMeaning(name, given);
}

export function misusedOutputOptions(name: string, options: unknown): LookupError | undefined {
  const given = optionsGiven(options).find((option) => option !== "dependsOn");
  return given === undefined ? undefined : withoutMeaning(name, given);
}

function optionsGiven(options: unknown): string[] {
  if (typeof options !== "object" || options === null) return [];
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : name));
}

function withoutMeaning(name: string, option: string): LookupError {
  return invalid(
    `${name}: the option ${option} has no meaning for look-ups, which have no provider: the argument ` +
      "`registry` says where to look",
  );
}

export function invalid(message: string): LookupError {
  return new LookupError("INPUT_INVALID", `${message} [INPUT_INVALID]`);
}

function holdsDeferred(value: unknown): boolean {
  if (isDeferred(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsDeferred);
}

function isDeferred(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}
