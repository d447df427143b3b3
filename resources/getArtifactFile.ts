import type * as pulumi from "@pulumi/pulumi";
import type { ArtifactFileQuery } from "../provider/lookups/queries.js";
import type { ArtifactFileResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export type GetArtifactFileArgs = ArtifactFileQuery & RegistryChoice;

/** The same as inputs: outputs of resources, promises. */
export type GetArtifactFileOutputArgs = LookupInputs<GetArtifactFileArgs>;

/**
 * One file of an artifact, as text or base64: a layer by its title, or a file in a folder that was published as one
 * layer.
 *
 * ```ts
 * const { content } = await getArtifactFile({ repository: "policies", tag: "1", title: "policies/data.json" });
 * ```
 *
 * Digests are checked before anything is answered. A folder's layer is read whole, in memory that does not grow with
 * it. The content becomes a value of the program, and of the state where a resource or an output uses it: so
 * `maxSize` is 4 MiB unless another is given, and secrets do not belong into artifacts.
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
 * {@link getArtifactFile} for arguments that may be outputs. While one is unknown, or a resource that it comes from is only planned,
 * nothing is asked and the result is unknown.
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
