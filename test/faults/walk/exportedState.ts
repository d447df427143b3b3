import type { Bag } from "../../support/miniEngine.js";
import { keyOf } from "./names.js";

/** What `pulumi stack export` shows. */
interface Exported {
  readonly deployment: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly outputs?: Bag;
      readonly retainOnDelete?: boolean;
    }[];
  };
}

/** The digest of each resource of the state, by name. */
export function digestsIn(state: string): ReadonlyMap<string, string> {
  const { resources = [] } = (JSON.parse(state) as Exported).deployment;
  return new Map(
    resources.flatMap(({ urn, outputs }) => {
      const digest = outputs?.["digest"];
      return typeof digest === "string" ? [[keyOf(urn.split("::").at(-1) ?? ""), digest]] : [];
    }),
  );
}

/** Digests that the engine must retain on replacement and removal. */
export function retainedIn(state: string): readonly string[] {
  const { resources = [] } = (JSON.parse(state) as Exported).deployment;
  const retained = resources.filter(({ retainOnDelete }) => retainOnDelete === true);
  return retained.map(({ outputs }) => String(outputs?.["digest"]));
}
