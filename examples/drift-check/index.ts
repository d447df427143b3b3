import { OciArtifact } from "pulumi-acr";

const rules = new OciArtifact("rules", {
  repository: "security/rules",
  artifactType: "application/vnd.example.rules.v1",
  layers: [{ file: "rules.txt", mediaType: "text/plain" }],
  tags: ["production"],
  lock: true,
  // A refresh looks for every blob too: what cannot be pulled any more is drift.
  verify: "blobs",
});

export const reference = rules.reference;
/** What the last refresh found: empty while everything is as declared. */
export const drift = rules.drift;
