import type { TagConflictPolicy } from "../../artifact/tagPlan.js";
import type { Digest } from "../../oci/digest.js";
import type { RepositoryName, Tag } from "../../oci/reference.js";
import type { PropertyBag } from "../lifecycle.js";
import type { RegistryArguments } from "../../arguments/registrySettings.js";
import {
  digest,
  HIDDEN,
  object,
  oneOf,
  registry,
  repositoryName,
  tag,
} from "../../arguments/schema.js";

/** Inputs after `check`, when everything is known. */
export interface TagInputs {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly digest: Digest;
  readonly onConflict?: TagConflictPolicy;
  readonly registry: RegistryArguments & { readonly loginServer: string };
  readonly reference: string;
  readonly __urn?: string;
}

export const schema = object({
  ...HIDDEN,
  repository: repositoryName,
  tag,
  digest,
  onConflict: oneOf("fail", "adopt", "move").optional(),
  registry: registry.optional(),
});

export function asInputs(bag: PropertyBag): TagInputs {
  return bag as unknown as TagInputs;
}
