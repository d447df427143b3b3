import type * as pulumi from "@pulumi/pulumi";
import type { ManifestQuery } from "../provider/lookups/queries.js";
import type { ArtifactResult } from "../provider/lookups/results.js";
import { lookUp, lookUpOutput } from "./lookUp.js";
import type { LookupInputs, LookupOutputOptions, RegistryChoice } from "./lookupInputs.js";

export type GetArtifactArgs = ManifestQuery & RegistryChoice;

/** The arguments of `getArtifact`, each of which may be an output or a promise. */
export type GetArtifactOutputArgs = LookupInputs<GetArtifactArgs>;

/**
 * Looks up an artifact, image or index by tag or digest: its digest, its layers or manifests, its annotations, and on
 * ACR also its tags, times and attributes.
 *
 * ```ts
 * const chart = await getArtifact({ repository: "charts/web", tag: "1.2.3" });
 * const published = getArtifactOutput({ reference: artifact.reference });
 * ```
 *
 * Sends one request, and on ACR one more for the manifest's metadata and one for the tag's. Metadata is left out if
 * the registry is not an ACR, or if the identity may pull but not read metadata (`metadata/read`).
 *
 * Role: AcrPull (Container Registry Repository Reader on a registry with repository permissions).
 *
 * @throws LookupError
 */
export function getArtifact(args: GetArtifactArgs, ...options: []): Promise<ArtifactResult> {
  return lookUp("getArtifact", args, options, load);
}

/**
 * {@link getArtifact} for arguments that may be outputs. While one of them is unknown, or a resource that it comes from is only
 * planned, no request is sent and the result is unknown.
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
