import type * as pulumi from "@pulumi/pulumi";

export interface BicepModuleArgs {
  /** The compiled module, which `bicep build` writes: ARM JSON. Relative to the program's folder. */
  file: pulumi.Input<string>;
  /** Default: what the module says of itself (`metadata description = '…'`). */
  description?: pulumi.Input<string>;
  /** Where editors lead whoever asks for the module's documentation. */
  documentationUri?: pulumi.Input<string>;
  /** The sources as Bicep archives them (`.tar.gz`), so that editors can show them. */
  source?: pulumi.Input<string>;
}

/**
 * A Bicep module, for `module x 'br:myregistry.azurecr.io/bicep/storage:v1' = { … }`:
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
 * `application/vnd.ms.bicep.module.config.v1+json`, which Bicep insists on, the sources, if they are given
 * (`application/vnd.ms.bicep.module.source.v1.tar+gzip`), and annotations for description and
 * documentation. The time of the push is left out, so that the digest depends on the module alone.
 *
 * Bicep never overwrites by accident, and neither does this: a tag that names something else is a
 * conflict unless `onTagConflict` says otherwise. With `lock: true` a version cannot be changed at all.
 *
 * **At preview** fails, at `content.bicepModule.file`, what is no compiled module: a file that is missing,
 * no JSON, larger than 4 MiB, without the `$schema` of a deployment template or without `resources`;
 * `.bicep` source, above all.
 *
 * Source: Azure/bicep, src/Bicep.Core/Registry (BicepMediaTypes.cs, OciArtifactRegistry.cs,
 * OciModuleArtifactResult.cs).
 */
export function bicepModule(args: BicepModuleArgs): { content: { bicepModule: BicepModuleArgs } } {
  return { content: { bicepModule: args } };
}
