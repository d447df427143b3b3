import * as pulumi from "@pulumi/pulumi";
import { ArtifactCopy, OciArtifact } from "pulumi-acr";

const config = new pulumi.Config();
const version = config.require("version");

// What a build publishes.
const candidate = new OciArtifact("candidate", {
  repository: "dev/site",
  artifactType: "application/vnd.example.site.v1",
  layers: [{ directory: "site" }],
  annotations: { "org.opencontainers.image.version": version },
  tags: [version],
});

// What is promoted is the very same bytes, by digest, whatever happens to the tag meanwhile. Inside one registry nothing is
// sent: blobs are mounted. What refers to it, such as SBOMs and signatures, comes along.
const promoted = new ArtifactCopy("promoted", {
  source: { repository: candidate.repository, digest: candidate.digest },
  repository: "prod/site",
  tags: [version, "live"],
});

export const tested = candidate.reference;
export const live = promoted.reference;
