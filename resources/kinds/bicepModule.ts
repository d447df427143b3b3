import type * as pulumi from "@pulumi/pulumi";

export interface BicepModuleArgs {
  /** The compiled module (ARM JSON), as `bicep build` writes it. Relative to the program's folder. */
  file: pulumi.Input<string>;
  /** Default: the module's own description (`metadata description = '…'`). */
  description?: pulumi.Input<string>;
  /** Link to the module's documentation that editors offer. */
  documentationUri?: pulumi.Input<string>;
  /** The sources, as Bicep archives them (`.tar.gz`), so that editors can show them. */
  source?: pulumi.Input<string>;
}

/**
 * Publishes a Bicep module, for `module x 'br:myregistry.azurecr.io/bicep/storage:v1' = { … }`:
 *
 * ```ts
 * new OciArtifact("storage-module", {
 *   repository: "bicep/storage",
 *   tags: ["v1"],
 *   ...bicepModule({ file: "storage.json" }),
 * });
 * ```
 *
 * **Published** is what `bicep publish` publishes: the compiled template as the one layer
 * (`application/vnd.ms.bicep.module.layer.v1+json`), the config `{}` of type
 * `application/vnd.ms.bicep.module.config.v1+json`, which Bicep insists on, the sources if given
 * (`application/vnd.ms.bicep.module.source.v1.tar+gzip`), and annotations for description and
 * documentation. The time of the push is left out, so that the digest depends on the module alone.
 *
 * As with Bicep, nothing is overwritten by accident: a tag that names something else is a conflict unless
 * `onTagConflict` says otherwise. With `lock: true`, only this stack can change a version.
 *
 * **Checked at preview**, reported at `content.bicepModule.file`: the file exists and is a compiled module,
 * that is JSON of at most 4 MiB with the `$schema` of a deployment template and with `resources`, and not
 * `.bicep` source.
 *
 * Source: Azure/bicep, src/Bicep.Core/Registry (BicepMediaTypes.cs, OciArtifactRegistry.cs,
 * OciModuleArtifactResult.cs).
 */
export function bicepModule(args: BicepModuleArgs): { content: { bicepModule: BicepModuleArgs } } {
  return { content: { bicepModule: args } };
}
