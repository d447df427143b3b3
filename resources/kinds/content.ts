import type * as pulumi from "@pulumi/pulumi";
import type { BicepModuleArgs } from "./bicepModule.js";
import type { EndOfLifeArgs } from "./endOfLife.js";
import type { FluxSourceArgs } from "./fluxSource.js";
import type { HelmChartArgs } from "./helmChart.js";
import type { OciLayoutArgs } from "./ociLayout.js";
import type { SbomArgs } from "./sbom.js";
import type { WasmComponentArgs } from "./wasmComponent.js";

/** A Helm chart, as `helmChart` declares it. */
export interface HelmChartContentArgs {
  helmChart: pulumi.Input<HelmChartArgs>;
}

/** A Bicep module, as `bicepModule` declares it. */
export interface BicepModuleContentArgs {
  bicepModule: pulumi.Input<BicepModuleArgs>;
}

/** A Flux source, as `fluxSource` declares it. */
export interface FluxSourceContentArgs {
  fluxSource: pulumi.Input<FluxSourceArgs>;
}

/** A WebAssembly component, as `wasmComponent` declares it. */
export interface WasmComponentContentArgs {
  wasmComponent: pulumi.Input<WasmComponentArgs>;
}

/** A bill of materials, as `sbom` declares it. */
export interface SbomContentArgs {
  sbom: pulumi.Input<Omit<SbomArgs, "subject">>;
}

/** An end-of-life note, as `endOfLife` declares it. */
export interface EndOfLifeContentArgs {
  endOfLife: pulumi.Input<Omit<EndOfLifeArgs, "subject">>;
}

/** An OCI layout that another tool left in a folder, as `ociLayout` declares it. */
export interface OciLayoutContentArgs {
  ociLayout: pulumi.Input<OciLayoutArgs>;
}

/** Content of one kind, as the function of that kind returns it. */
export type ArtifactContentArgs =
  | HelmChartContentArgs
  | BicepModuleContentArgs
  | FluxSourceContentArgs
  | WasmComponentContentArgs
  | SbomContentArgs
  | EndOfLifeContentArgs
  | OciLayoutContentArgs;
