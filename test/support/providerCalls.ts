import type { dynamic } from "@pulumi/pulumi";
import { containsUnknown } from "../../provider/arguments/unknown.js";

type Bag = Readonly<Record<string, unknown>>;
type Method = (...args: unknown[]) => unknown;

const VERBS = ["check", "diff", "create", "read", "update", "delete"] as const;

/** Wraps a provider to report the arguments of each call in a comparable form. */
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

/** The owner, the published digest if there is one, and the unknown properties. */
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
