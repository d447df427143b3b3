import type * as pulumi from "@pulumi/pulumi";
import type { TagsQuery } from "../provider/lookups/queries.js";
import type { TagsResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export interface GetTagsArgs extends TagsQuery, RegistryChoice {}

/** The arguments of `getTags`, each of which may be an output or a promise. */
export type GetTagsOutputArgs = LookupInputs<GetTagsArgs>;

/**
 * Lists the tags of a repository with the digests they name, their times and attributes. Registries other than ACR
 * give the names only; `orderBy` and `digest` fail there with `UNSUPPORTED`.
 *
 * ```ts
 * const { tags } = await getTags({ repository: "charts/web", matching: "1.*", orderBy: "timedesc" });
 * ```
 *
 * Sends one request per page of a thousand tags. A listing that is interrupted is an error. The service leaves out
 * tags with `listEnabled: false`.
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
 * {@link getTags} for arguments that may be outputs. While one of them is unknown, or a resource that it comes from is only
 * planned, no request is sent and the result is unknown.
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
