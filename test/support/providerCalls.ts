import type { dynamic } from "@pulumi/pulumi";
import { containsUnknown } from "../../provider/arguments/unknown.js";

type Bag = Readonly<Record<string, unknown>>;
type Method = (...args: unknown[]) => unknown;

const VERBS = ["check", "diff", "create", "read", "update", "delete"] as const;

/** The provider, which tells of each call what it is given, in a form that can be compared. */
export function tellingCalls(
  provider: dynamic.ResourceProvider,
  tell: (call: string) => void,
): dynamic.ResourceProvider {
  const telling = VERBS.map((verb) => {
    const method = provider[verb] as Method;
    const told: Method = (...args) => {
      const bags = args.filter((arg): arg is Bag => typeof arg === "object" && arg !== null);
      tell(`${verb} ${bags.map(describe).join(", ")}`);
      return method.apply(provider, args);
    };
    return [verb, told] as const;
  });
  return { ...provider, ...Object.fromEntries(telling) };
}

/** Whose it is, what it publishes if it says so, and what of it is not known. */
function describe(bag: Bag): string {
  const { __urn: urn, digest } = bag;
  if (typeof urn !== "string") return "nothing";
  const unknown = Object.keys(bag).filter((key) => containsUnknown(bag[key]));
  const about = [
    ...(typeof digest === "string" && !unknown.includes("digest") ? [digest] : []),
    ...unknown.sort().map((key) => `${key} unknown`),
  ];
  return `${urn.split("::").at(-1)}(${about.join(", ")})`;
}
