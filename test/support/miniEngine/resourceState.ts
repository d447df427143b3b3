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

/** The engine's record of one resource. */
export interface ResourceState {
  readonly urn: string;
  readonly name: string;
  readonly kind: Kind;
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;
  /** Not empty after a partial failure: then the next `up` updates whatever `diff` says. */
  readonly initErrors: readonly string[];
  /** Whether it was replaced and is still to be deleted. */
  readonly pendingDelete: boolean;
  readonly retainOnDelete: boolean;
  /** Whether it was deleted before its replacement, which is still to be created. */
  readonly pendingReplacement?: boolean;
  /** The URNs of the resources whose outputs each property holds. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

/** The outputs of an earlier resource as a program sees them, including `id`. */
export type OutputsOf = (name: string) => Bag;

/** One resource of a program. */
export interface Declaration {
  readonly name: string;
  readonly kind: Kind;
  readonly inputs: Bag | ((outputsOf: OutputsOf) => Bag);
  /** Former names of the resource. */
  readonly aliases?: readonly string[];
  readonly retainOnDelete?: boolean;
  readonly deleteBeforeReplace?: boolean;
  /** Names of resources to process first, which the order of declaration ensures here. */
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
