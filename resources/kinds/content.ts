import type * as pulumi from "@pulumi/pulumi";
import type { HelmChartArgs } from "./helmChart.js";

/** A Helm chart, as `helmChart` declares it. */
export interface HelmChartContentArgs {
  helmChart: pulumi.Input<HelmChartArgs>;
}

/** Content of one kind; made by the kind's function. */
export type ArtifactContentArgs = HelmChartContentArgs;
