import * as pulumi from "@pulumi/pulumi";
import { OciArtifact, RetentionPolicy } from "pulumi-acr";

const config = new pulumi.Config();
const build = config.require("build");

// Every build stays published when the next one comes (`onReplace: "retain"`, the default) …
const artifact = new OciArtifact("build", {
  repository: "builds/report",
  artifactType: "application/vnd.example.report.v1",
  layers: [{ content: `report of build ${build}\n`, title: "report.txt", mediaType: "text/plain" }],
  tags: [`build-${build}`],
});

// … until it is no longer among the three newest. The preview lists everything that will be deleted.
new RetentionPolicy(
  "retention",
  { repository: artifact.repository, keepNewest: 3, keepTags: ["release-*"], maxDeletions: 20 },
  { dependsOn: artifact },
);

export const reference = artifact.reference;
