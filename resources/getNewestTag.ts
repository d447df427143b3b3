import type * as pulumi from "@pulumi/pulumi";
import type { NewestTagQuery } from "../provider/lookups/queries.js";
import type { NewestTagResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export interface GetNewestTagArgs extends NewestTagQuery, RegistryChoice {}

/** The arguments of `getNewestTag`, each of which may be an output or a promise. */
export type GetNewestTagOutputArgs = LookupInputs<GetNewestTagArgs>;

/**
 * Finds the newest tag of a repository: the one that was moved last, or the highest version.
 *
 * ```ts
 * const chart = await getNewestTag({ repository: "charts/web", by: "semver", range: "^1.2" });
 * ```
 *
 * By time it sends one request, or one per page up to the first tag that matches; by version, one per page of a
 * thousand tags. If no tag fits, it fails with `NOT_FOUND`. By version it works on any OCI registry.
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions; `metadata/read`
 * of a token).
 *
 * @throws LookupError
 */
export function getNewestTag(args: GetNewestTagArgs, ...options: []): Promise<NewestTagResult> {
  return lookUp("getNewestTag", args, options, load);
}

/**
 * {@link getNewestTag} for arguments that may be outputs. While one of them is unknown, or a resource that it comes from is only
 * planned, no request is sent and the result is unknown.
 */
export function getNewestTagOutput(
  args: GetNewestTagOutputArgs,
  options: LookupOutputOptions = {},
): pulumi.Output<NewestTagResult> {
  return lookUpOutput("getNewestTag", args, options, load);
}

async function load() {
  return (await import("../provider/lookups/newestTag.js")).findNewestTag;
}
