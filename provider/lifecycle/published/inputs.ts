import type { NamedAttributes } from "../../artifact/lock.js";
import type { TagConflictPolicy } from "../../artifact/tagPlan.js";
import type { Descriptor } from "../../oci/descriptor.js";
import type { Digest } from "../../oci/digest.js";
import type { RepositoryName, Tag } from "../../oci/reference.js";
import type { CheckFailure } from "../../arguments/checkFailure.js";
import type { RegistryArguments } from "../../arguments/registrySettings.js";
import {
  annotations,
  descriptor,
  flagOr,
  HIDDEN,
  list,
  lockAttributes,
  mediaType,
  oneOf,
  registry,
  repositoryName,
  tag,
} from "../../arguments/schema.js";
import { isUnknown } from "../../arguments/unknown.js";
import type { Included } from "./included.js";

export type DeletePolicy = "delete" | "untag" | "retain";
export type ReplacePolicy = "retain" | "delete";

/** Inputs of all published content after `check`, when everything is known. */
export interface ArtifactInputs {
  readonly repository: RepositoryName;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: Descriptor;
  readonly tags?: readonly Tag[];
  readonly lock?: NamedAttributes;
  readonly verify?: "manifest" | "included" | "blobs";
  readonly onTagConflict?: TagConflictPolicy;
  readonly onReplace?: ReplacePolicy;
  readonly onDelete?: DeletePolicy;
  readonly registry: RegistryArguments & { readonly loginServer: string };
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  readonly reference: string;
  /** The manifests of an index. */
  readonly manifests?: readonly Descriptor[];
  /** Manifests that are published with it: children of an index, and referrers. */
  readonly included?: readonly Included[];
  readonly __urn?: string;
}

/** Inputs of all published content. */
export const PUBLISHED = {
  ...HIDDEN,
  repository: repositoryName,
  artifactType: mediaType.optional(),
  annotations: annotations.optional(),
  subject: descriptor.optional(),
  tags: list(tag).optional(),
  lock: flagOr(lockAttributes, "an object of attributes").optional(),
  onTagConflict: oneOf("fail", "adopt", "move").optional(),
  onReplace: oneOf("retain", "delete").optional(),
  onDelete: oneOf("delete", "untag", "retain").optional(),
  registry: registry.optional(),
};

/** What a refresh checks. Each value includes those before it. */
export const VERIFY = oneOf("manifest", "included", "blobs").optional();

export function duplicateTags(tags: unknown): CheckFailure[] {
  if (!Array.isArray(tags)) return [];
  return tags.flatMap((name: unknown, index) => {
    const first = tags.indexOf(name);
    if (isUnknown(name) || first === index) return [];
    return [
      {
        property: `tags[${index}]`,
        reason: `${JSON.stringify(name)} is given twice: tags[${first}] is the same`,
      },
    ];
  });
}
