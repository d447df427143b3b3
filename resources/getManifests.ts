import type * as pulumi from "@pulumi/pulumi";
import type { ManifestsQuery } from "../provider/lookups/queries.js";
import type { ManifestsResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export interface GetManifestsArgs extends ManifestsQuery, RegistryChoice {}

/** The arguments of `getManifests`, each of which may be an output or a promise. */
export type GetManifestsOutputArgs = LookupInputs<GetManifestsArgs>;

/**
 * Lists the manifests of a repository, tagged or not, with their tags, times and attributes. ACR only
 * (`UNSUPPORTED` elsewhere).
 *
 * ```ts
 * const { manifests } = await getManifests({ repository: "charts/web", tagged: false });
 * ```
 *
 * Sends one request per page of a thousand manifests. `artifactType` needs one more per manifest; `limit` stops
 * that soon after enough were found. A listing that is interrupted is an error.
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions; `metadata/read`
 * of a token).
 *
 * @throws LookupError
 */
export function getManifests(args: GetManifestsArgs, ...options: []): Promise<ManifestsResult> {
  return lookUp("getManifests", args, options, load);
}

/**
 * {@link getManifests} for arguments that may be outputs. While one of them is unknown, or a resource that it comes from is only
 * planned, no request is sent and the result is unknown.
 */
export function getManifestsOutput(
  args: GetManifestsOutputArgs,
  options: LookupOutputOptions = {},
): pulumi.Output<ManifestsResult> {
  return lookUpOutput("getManifests", args, options, load);
}

async function load() {
  return (await import("../provider/lookups/manifests.js")).findManifests;
}
