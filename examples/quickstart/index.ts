import * as pulumi from "@pulumi/pulumi";
import { OciArtifact } from "pulumi-acr";

const config = new pulumi.Config();
const version = config.require("version");

// The registry is not named here: it is the stack's, or the environment's (see README.md).
const policies = new OciArtifact("policies", {
  repository: config.require("repository"),
  artifactType: "application/vnd.example.policies.v1",
  layers: [{ directory: "policies" }, { file: "CHANGES.md", mediaType: "text/markdown" }],
  annotations: { "org.opencontainers.image.version": version },
  tags: [version, "latest"],
  // Nobody else moves or deletes what is published. The stack itself still may: with the next version, `latest`
  // moves on, and the old version keeps its tag and its lock. A TagLock on the version tag would open the old one.
  lock: true,
});

/** To pull by: always this content. */
export const reference = policies.reference;
export const digest = policies.digest;
/** What each file became. */
export const layers = policies.layerDescriptors.apply((all) =>
  all.map(({ title, size, digest }) => ({ title, size, digest })),
);
