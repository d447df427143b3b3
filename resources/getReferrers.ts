import type * as pulumi from "@pulumi/pulumi";
import type { ReferrersQuery } from "../provider/lookups/queries.js";
import type { ReferrersResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export type GetReferrersArgs = ReferrersQuery & RegistryChoice;

/** The arguments of `getReferrers`, each of which may be an output or a promise. */
export type GetReferrersOutputArgs = LookupInputs<GetReferrersArgs>;

/**
 * Lists what has an artifact as its subject: signatures, SBOMs, attestations, including those that clients listed
 * under the referrers tag. The list is empty if there are none; a subject that does not exist is `NOT_FOUND`.
 *
 * ```ts
 * const { referrers } = await getReferrers({ repository: "app", tag: "1.2.3", artifactType: "application/spdx+json" });
 * ```
 *
 * Sends two requests, one more if the subject is given by tag, and one more if there are no referrers.
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions).
 *
 * @throws LookupError
 */
export function getReferrers(args: GetReferrersArgs, ...options: []): Promise<ReferrersResult> {
  return lookUp("getReferrers", args, options, load);
}

/**
 * {@link getReferrers} for arguments that may be outputs. While one of them is unknown, or a resource that it comes from is only
 * planned, no request is sent and the result is unknown.
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
