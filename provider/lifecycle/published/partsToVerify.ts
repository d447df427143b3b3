import { NOTHING_WANTED, type WantedParts } from "../../artifact/missingParts.js";
import type { ArtifactInputs } from "./inputs.js";

/**
 * What `verify` has a refresh look for. `blobs` are those of the manifest itself; where they are not known
 * beforehand, it is read.
 */
export function partsToVerify(
  { verify = "manifest", digest, mediaType, included = [] }: ArtifactInputs,
  blobs?: WantedParts["blobs"],
): WantedParts {
  if (verify === "manifest") return NOTHING_WANTED;
  if (verify === "included") return { ...NOTHING_WANTED, manifests: included };
  const isKnown = blobs !== undefined && included.length === 0;
  const manifests = isKnown ? [] : [{ digest, mediaType }, ...included];
  return { blobs: blobs ?? [], manifests, blobsOfManifests: true };
}
