import type * as pulumi from "@pulumi/pulumi";
import type { RepositoriesQuery } from "../provider/lookups/queries.js";
import type { RepositoriesResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export interface GetRepositoriesArgs extends RepositoriesQuery, RegistryChoice {}

/** The arguments of `getRepositories`, each of which may be an output or a promise. */
export type GetRepositoriesOutputArgs = LookupInputs<GetRepositoriesArgs>;

/**
 * Lists the names of the registry's repositories.
 *
 * ```ts
 * const { repositories } = await getRepositories({ prefix: "charts/" });
 * ```
 *
 * Sends one request per page of a thousand names. A listing that is interrupted is an error. The service leaves out
 * repositories with `listEnabled: false`.
 *
 * Role: AcrPull; on a registry with repository permissions, Container Registry Repository Catalog Lister.
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
 * {@link getRepositories} for arguments that may be outputs. While one of them is unknown, or a resource that it comes from is only
 * planned, no request is sent and the result is unknown.
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
