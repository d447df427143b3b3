import type * as pulumi from "@pulumi/pulumi";
import type { TagsQuery } from "../provider/lookups/queries.js";
import type { TagsResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export interface GetTagsArgs extends TagsQuery, RegistryChoice {}

/** The same as inputs: outputs of resources, promises. */
export type GetTagsOutputArgs = LookupInputs<GetTagsArgs>;

/**
 * Tags of a repository, with what they name, their times and attributes. On registries other than ACR the names
 * alone; `orderBy` and `digest` fail there with `UNSUPPORTED`.
 *
 * ```ts
 * const { tags } = await getTags({ repository: "charts/web", matching: "1.*", orderBy: "timedesc" });
 * ```
 *
 * One request for each page of a thousand tags. A list that breaks off is an error. Tags with `listEnabled: false`
 * are not listed.
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions; `metadata/read`
 * of a token).
 *
 * @throws LookupError
 */
export function getTags(args: GetTagsArgs, ...options: []): Promise<TagsResult> {
  return lookUp("getTags", args, options, load);
}

/**
 * {@link getTags} for arguments that may be outputs. While one is unknown, or a resource that it comes from is only planned,
 * nothing is asked and the result is unknown.
 */
export function getTagsOutput(
  args: GetTagsOutputArgs,
  options: LookupOutputOptions = {},
): pulumi.Output<TagsResult> {
  return lookUpOutput("getTags", args, options, load);
}

async function load() {
  return (await import("../provider/lookups/tags.js")).findTags;
}
