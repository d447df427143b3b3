import type * as pulumi from "@pulumi/pulumi";
import type { RepositoriesQuery } from "../provider/lookups/queries.js";
import type { RepositoriesResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export interface GetRepositoriesArgs extends RepositoriesQuery, RegistryChoice {}

/** The same as inputs: outputs of resources, promises. */
export type GetRepositoriesOutputArgs = LookupInputs<GetRepositoriesArgs>;

/**
 * Names of the registry's repositories.
 *
 * ```ts
 * const { repositories } = await getRepositories({ prefix: "charts/" });
 * ```
 *
 * One request for each page of a thousand names. A list that breaks off is an error. The service leaves out
 * repositories with `listEnabled: false`.
 *
 * Role: AcrPull; on a registry with repository permissions Container Registry Repository Catalog Lister.
 * Repository-scoped tokens cannot list repositories.
 *
 * @throws LookupError
 */
export function getRepositories(
  args: GetRepositoriesArgs = {},
  ...options: []
): Promise<RepositoriesResult> {
  return lookUp("getRepositories", args, options, load);
}

/**
 * {@link getRepositories} for arguments that may be outputs. While one is unknown, or a resource that it comes from is only planned,
 * nothing is asked and the result is unknown.
 */
export function getRepositoriesOutput(
  args: GetRepositoriesOutputArgs = {},
  options: LookupOutputOptions = {},
): pulumi.Output<RepositoriesResult> {
  return lookUpOutput("getRepositories", args, options, load);
}

async function load() {
  return (await import("../provider/lookups/repositories.js")).findRepositories;
}
