import * as pulumi from "@pulumi/pulumi";
import { ArtifactCopy, OciArtifact } from "pulumi-acr";

const config = new pulumi.Config();
const version = config.require("version");

// The artifact that a build publishes.
const candidate = new OciArtifact("candidate", {
  repository: "dev/site",
  artifactType: "application/vnd.example.site.v1",
  layers: [{ directory: "site" }],
  annotations: { "org.opencontainers.image.version": version },
  tags: [version],
});

// Promotes exactly these bytes, by digest, whatever happens to the tag meanwhile. Within one registry no content is transferred:
// blobs are mounted. Referrers such as SBOMs and signatures are copied too.
const promoted = new ArtifactCopy("promoted", {
  source: { repository: candidate.repository, digest: candidate.digest },
  repository: "prod/site",
  tags: [version, "live"],
});

export const tested = candidate.reference;
export const live = promoted.reference;
