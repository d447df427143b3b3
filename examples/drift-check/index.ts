import { OciArtifact } from "pulumi-acr";

const rules = new OciArtifact("rules", {
  repository: "security/rules",
  artifactType: "application/vnd.example.rules.v1",
  layers: [{ file: "rules.txt", mediaType: "text/plain" }],
  tags: ["production"],
  lock: true,
  // A refresh also checks every blob, so that content that can no longer be pulled counts as drift.
  verify: "blobs",
});

export const reference = rules.reference;
/** Changes that the last refresh found; empty while everything is as declared. */
export const drift = rules.drift;
