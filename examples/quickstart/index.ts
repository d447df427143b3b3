import * as pulumi from "@pulumi/pulumi";
import { OciArtifact } from "pulumi-acr";

const config = new pulumi.Config();
const version = config.require("version");

// Which registry to use comes from the stack's configuration or the environment (see README.md).
const policies = new OciArtifact("policies", {
  repository: config.require("repository"),
  artifactType: "application/vnd.example.policies.v1",
  layers: [{ directory: "policies" }, { file: "CHANGES.md", mediaType: "text/markdown" }],
  annotations: { "org.opencontainers.image.version": version },
  tags: [version, "latest"],
  // Nobody else can move or delete what is published, but this stack can: the next version takes over `latest`, and
  // the old version keeps its own tag and lock. (A TagLock on the version tag would unlock the old version then.)
  lock: true,
});

/** Pull by this: it always names the same content. */
export const reference = policies.reference;
export const digest = policies.digest;
/** The layer that each folder or file became. */
export const layers = policies.layerDescriptors.apply((all) =>
  all.map(({ title, size, digest }) => ({ title, size, digest })),
);
