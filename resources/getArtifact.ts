import type * as pulumi from "@pulumi/pulumi";
import type { ManifestQuery } from "../provider/lookups/queries.js";
import type { ArtifactResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export type GetArtifactArgs = ManifestQuery & RegistryChoice;

/** The same as inputs: outputs of resources, promises. */
export type GetArtifactOutputArgs = LookupInputs<GetArtifactArgs>;

/**
 * An artifact, image or index that is in the registry, by tag or digest: its digest, what it is made of, its
 * annotations, and on ACR its tags, times and attributes.
 *
 * ```ts
 * const chart = await getArtifact({ repository: "charts/web", tag: "1.2.3" });
 * const published = getArtifactOutput({ reference: artifact.reference });
 * ```
 *
 * One request, and on ACR one for the metadata of the manifest and one for that of the tag. Metadata is left out
 * where the registry is no ACR, or the identity may pull but not read metadata (`metadata/read`).
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions).
 *
 * @throws LookupError
 */
export function getArtifact(args: GetArtifactArgs, ...options: []): Promise<ArtifactResult> {
  return lookUp("getArtifact", args, options, load);
}

/**
 * {@link getArtifact} for arguments that may be outputs. While one is unknown, or a resource that it comes from is only planned,
 * nothing is asked and the result is unknown.
 */
export function getArtifactOutput(
  args: GetArtifactOutputArgs,
  options: LookupOutputOptions = {},
): pulumi.Output<ArtifactResult> {
  return lookUpOutput("getArtifact", args, options, load);
}

async function load() {
  return (await import("../provider/lookups/artifact.js")).findArtifact;
}
