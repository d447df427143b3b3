import type * as pulumi from "@pulumi/pulumi";
import type { NewestTagQuery } from "../provider/lookups/queries.js";
import type { NewestTagResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export interface GetNewestTagArgs extends NewestTagQuery, RegistryChoice {}

/** The same as inputs: outputs of resources, promises. */
export type GetNewestTagOutputArgs = LookupInputs<GetNewestTagArgs>;

/**
 * The newest tag of a repository: the one that was last moved, or the highest version.
 *
 * ```ts
 * const chart = await getNewestTag({ repository: "charts/web", by: "semver", range: "^1.2" });
 * ```
 *
 * By time one request, or one for each page up to the first tag that matches; by version one for each page of a
 * thousand tags. No tag that fits is an error, `NOT_FOUND`. Works on other registries by version.
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
 * {@link getNewestTag} for arguments that may be outputs. While one is unknown, or a resource that it comes from is only planned,
 * nothing is asked and the result is unknown.
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
