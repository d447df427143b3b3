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
  // A release stays published, even when the stack is destroyed.
  onDelete: "retain",
});

// Not even this stack can change a release: it would open the artifact's own `lock` for new content, but it does not open the
// lock of another resource. `retainOnDelete` keeps the lock when the next version replaces this resource.
const lock = new TagLock(
  "lock",
  { repository: release.repository, tag: version, digest: release.digest },
  { dependsOn: release, retainOnDelete: true },
);

// The channel is not locked, since each release moves it. If somebody else moves it, that is drift: `up --refresh` moves it back.
const stable = new ArtifactTag(
  "stable",
  { repository: release.repository, tag: "stable", digest: release.digest },
  { dependsOn: lock },
);

export const reference = release.reference;
export const channel = stable.reference;
