import type * as pulumi from "@pulumi/pulumi";
import type { ArtifactFileQuery } from "../provider/lookups/queries.js";
import type { ArtifactFileResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export type GetArtifactFileArgs = ArtifactFileQuery & RegistryChoice;

/** The arguments of `getArtifactFile`, each of which may be an output or a promise. */
export type GetArtifactFileOutputArgs = LookupInputs<GetArtifactFileArgs>;

/**
 * Reads one file of an artifact, as text or base64: a layer by its title, or a file in a folder that was published
 * as one layer.
 *
 * ```ts
 * const { content } = await getArtifactFile({ repository: "policies", tag: "1", title: "policies/data.json" });
 * ```
 *
 * Digests are verified before anything is returned. A folder's layer is read to its end, in memory that does not grow
 * with its size. The content becomes a value of the program, and part of the state if a resource or an output uses
 * it. Therefore `maxSize` is 4 MiB by default and 64 MiB at most, and secrets do not belong in artifacts.
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions).
 *
 * @throws LookupError
 */
export function getArtifactFile(
  args: GetArtifactFileArgs,
  ...options: []
): Promise<ArtifactFileResult> {
  return lookUp("getArtifactFile", args, options, load);
}

/**
 * {@link getArtifactFile} for arguments that may be outputs. While one of them is unknown, or a resource that it comes from is only
 * planned, no request is sent and the result is unknown.
 */
export function getArtifactFileOutput(
  args: GetArtifactFileOutputArgs,
  options: LookupOutputOptions = {},
): pulumi.Output<ArtifactFileResult> {
  return lookUpOutput("getArtifactFile", args, options, load);
}

async function load() {
  return (await import("../provider/lookups/artifactFile.js")).findArtifactFile;
}
