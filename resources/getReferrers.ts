import type * as pulumi from "@pulumi/pulumi";
import type { ReferrersQuery } from "../provider/lookups/queries.js";
import type { ReferrersResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export type GetReferrersArgs = ReferrersQuery & RegistryChoice;

/** The same as inputs: outputs of resources, promises. */
export type GetReferrersOutputArgs = LookupInputs<GetReferrersArgs>;

/**
 * What names an artifact as its subject: signatures, SBOMs, attestations. Those that clients wrote under the tag
 * schema are among them. Empty if there are none; an error, `NOT_FOUND`, if there is no such subject.
 *
 * ```ts
 * const { referrers } = await getReferrers({ repository: "app", tag: "1.2.3", artifactType: "application/spdx+json" });
 * ```
 *
 * Two requests; one more by tag, and if there are none.
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions).
 *
 * @throws LookupError
 */
export function getReferrers(args: GetReferrersArgs, ...options: []): Promise<ReferrersResult> {
  return lookUp("getReferrers", args, options, load);
}

/**
 * {@link getReferrers} for arguments that may be outputs. While one is unknown, or a resource that it comes from is only planned,
 * nothing is asked and the result is unknown.
 */
export function getReferrersOutput(
  args: GetReferrersOutputArgs,
  options: LookupOutputOptions = {},
): pulumi.Output<ReferrersResult> {
  return lookUpOutput("getReferrers", args, options, load);
}

async function load() {
  return (await import("../provider/lookups/referrers.js")).findReferrers;
}
