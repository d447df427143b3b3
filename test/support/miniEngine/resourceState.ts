import { providerText, resourceType } from "../../../resources/provider.js";

export type Bag = Readonly<Record<string, unknown>>;
export type Kind =
  | "OciArtifact"
  | "OciIndex"
  | "ArtifactCopy"
  | "ArtifactTag"
  | "TagLock"
  | "ManifestProperties"
  | "RepositoryProperties"
  | "RetentionPolicy";

/** What the engine keeps of one resource. */
export interface ResourceState {
  readonly urn: string;
  readonly name: string;
  readonly kind: Kind;
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;
  /** Not empty after a partial failure: then the next `up` updates whatever `diff` says. */
  readonly initErrors: readonly string[];
  /** Replaced, and its delete is still to come. */
  readonly pendingDelete: boolean;
  readonly retainOnDelete: boolean;
  /** Deleted before its replacement was created, which is still to be done. */
  readonly pendingReplacement?: boolean;
  /** By property, the URNs of the resources whose outputs are in it. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

/** The outputs of a resource that was declared before, as a program sees them; `id` is among them. */
export type OutputsOf = (name: string) => Bag;

/** One resource of a program. */
export interface Declaration {
  readonly name: string;
  readonly kind: Kind;
  readonly inputs: Bag | ((outputsOf: OutputsOf) => Bag);
  /** Names that the resource had before. */
  readonly aliases?: readonly string[];
  readonly retainOnDelete?: boolean;
  readonly deleteBeforeReplace?: boolean;
  /** Names of resources that are to come first, which here the order of declaration sees to. */
  readonly dependsOn?: readonly string[];
}

/** Resources in the order in which they are declared. */
export type Program = readonly Declaration[];

export function urnOf(kind: Kind, name: string): string {
  return `urn:pulumi:stack::project::${resourceType(kind)}::${name}`;
}

/** The properties as the resource classes of the package pass them to the engine. */
export function registeredInputs({ kind, name, inputs }: Declaration, outputsOf: OutputsOf): Bag {
  return {
    ...(typeof inputs === "function" ? inputs(outputsOf) : inputs),
    __urn: urnOf(kind, name),
    __provider: providerText(kind),
  };
}
