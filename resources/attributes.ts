import type * as pulumi from "@pulumi/pulumi";

/**
 * The four changeable attributes of a repository, tag or manifest, under ACR's own names. Setting
 * them needs the permission `metadata/write`. `writeEnabled: false` forbids deletion too.
 */
export interface AttributesArgs {
  /** `false`: cannot be deleted. */
  deleteEnabled?: pulumi.Input<boolean>;
  /** `false`: cannot be changed or deleted; a tag cannot be moved. */
  writeEnabled?: pulumi.Input<boolean>;
  /** `false`: cannot be pulled. */
  readEnabled?: pulumi.Input<boolean>;
  /** `false`: does not appear in listings. */
  listEnabled?: pulumi.Input<boolean>;
}
