import * as pulumi from "@pulumi/pulumi";
import { ArtifactTag, OciArtifact, TagLock } from "pulumi-acr";

const config = new pulumi.Config();
const version = config.require("version");

const release = new OciArtifact("release", {
  repository: "releases/settings",
  artifactType: "application/vnd.example.settings.v1",
  layers: [{ file: "settings.json", mediaType: "application/json" }],
  annotations: { "org.opencontainers.image.version": version },
  tags: [version],
  // What was released stays, also when the stack goes.
  onDelete: "retain",
});

// Not even this stack changes what it released: the artifact's own `lock` would open for its next content, a lock of another
// resource does not. Retained, so that the next version does not open the lock of this one.
const lock = new TagLock(
  "lock",
  { repository: release.repository, tag: version, digest: release.digest },
  { dependsOn: release, retainOnDelete: true },
);

// The channel is not locked: each release moves it. Moved by somebody else, it is drift, and `up --refresh` puts it back.
const stable = new ArtifactTag(
  "stable",
  { repository: release.repository, tag: "stable", digest: release.digest },
  { dependsOn: lock },
);

export const reference = release.reference;
export const channel = stable.reference;
