import type * as pulumi from "@pulumi/pulumi";

/**
 * The four changeable attributes of a repository, tag or manifest, under ACR's own names. Setting
 * them needs the permission `metadata/write`.
 */
export interface AttributesArgs {
  /** `false`: it cannot be deleted. */
  deleteEnabled?: pulumi.Input<boolean>;
  /** `false`: it cannot be changed or deleted, and a tag cannot be moved. */
  writeEnabled?: pulumi.Input<boolean>;
  /** `false`: it cannot be pulled. */
  readEnabled?: pulumi.Input<boolean>;
  /** `false`: it does not appear in listings. */
  listEnabled?: pulumi.Input<boolean>;
}

/** Attributes that are outputs of a class, whether or not they were given. */
export const ATTRIBUTES: readonly (keyof AttributesArgs)[] = [
  "deleteEnabled",
  "writeEnabled",
  "readEnabled",
  "listEnabled",
];
