import type * as pulumi from "@pulumi/pulumi";
import {
  ArtifactCopy,
  ArtifactTag,
  ManifestProperties,
  OciArtifact,
  OciIndex,
  RepositoryProperties,
  RetentionPolicy,
  TagLock,
} from "pulumi-acr";
import type { Bag, Kind, Program } from "./miniEngine.js";

type ResourceClass = new (
  name: string,
  args: never,
  options?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const CLASSES: Readonly<Record<Kind, ResourceClass>> = {
  OciArtifact,
  OciIndex,
  ArtifactCopy,
  ArtifactTag,
  TagLock,
  ManifestProperties,
  RepositoryProperties,
  RetentionPolicy,
};

/** Declares a program of the mini engine on the real engine. */
export function declare(program: Program): void {
  const made = new Map<string, pulumi.CustomResource>();
  const outputsOf = (name: string): Bag => (made.get(name) ?? {}) as Bag;
  for (const { name, kind, inputs, aliases = [], ...options } of program) {
    const args = typeof inputs === "function" ? inputs(outputsOf) : inputs;
    const { retainOnDelete, deleteBeforeReplace, dependsOn = [] } = options;
    const resource = new CLASSES[kind](name, args as never, {
      aliases: aliases.map((alias) => ({ name: alias })),
      retainOnDelete,
      deleteBeforeReplace,
      dependsOn: dependsOn.flatMap((other) => made.get(other) ?? []),
    });
    made.set(name, resource);
  }
}
