import { NOTHING_WANTED, type WantedParts } from "../../artifact/missingParts.js";
import type { ArtifactInputs } from "./inputs.js";

/**
 * What a refresh checks for `verify`. `blobs` means those of the manifest itself; if they are not in the
 * state, the manifest is read.
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
