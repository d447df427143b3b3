import type { ManifestRecord } from "../state/records.js";
import { ociIndex } from "../wire/mediaTypes.js";
import { parseDigest } from "../wire/digest.js";
import type { Handler } from "./call.js";
import { listAnswer } from "./listAnswer.js";
import { digestInvalid, malformedDigest } from "./unknown.js";

/**
 * Newest first; empty if there is none, or the subject does not exist (C11 #57-60). A malformed digest is
 * 400 (OCI distribution-spec 1.1, "Listing Referrers").
 */
export const listReferrers: Handler = (call) => {
  if (parseDigest(call.reference) === undefined) return digestInvalid(malformedDigest);
  const repository = call.service.state.repositories.get(call.name);
  const artifactType = call.query.get("artifactType");
  const manifests = [...(repository?.manifests.values() ?? [])]
    .filter(({ subject }) => subject === call.reference)
    .filter((one) => artifactType === null || one.artifactType === artifactType)
    .sort((left, right) => (left.createdTime < right.createdTime ? 1 : -1))
    .map(descriptor);
  const filtered = artifactType === null ? {} : { "OCI-Filters-Applied": "artifactType" };
  const index = { schemaVersion: 2, mediaType: ociIndex, manifests };
  return listAnswer(call, index, { "Content-Type": ociIndex, ...filtered });
};

/** The members are in the recorded order. */
function descriptor(record: ManifestRecord): object {
  const { mediaType, digest, size, annotations, artifactType } = record;
  return { mediaType, digest, size, annotations, artifactType };
}
