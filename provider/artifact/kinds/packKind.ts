import { type BicepModuleInput, packBicepModule } from "./bicepModule.js";
import type { ContentContext, PackContent, PackedContent } from "./contentKind.js";
import { type EndOfLifeInput, packEndOfLife } from "./endOfLife.js";
import { type FluxSourceInput, packFluxSource } from "./fluxSource.js";
import { type HelmChartInput, packHelmChart } from "./helmChart.js";
import { type OciLayoutInput, packOciLayout } from "./ociLayout.js";
import { packSbom, type SbomInput } from "./sbom.js";
import { packWasmComponent, type WasmComponentInput } from "./wasmComponent.js";

/** The arguments of each kind of content, by name. */
export interface ContentArguments {
  readonly helmChart: HelmChartInput;
  readonly bicepModule: BicepModuleInput;
  readonly fluxSource: FluxSourceInput;
  readonly wasmComponent: WasmComponentInput;
  readonly sbom: SbomInput;
  readonly endOfLife: EndOfLifeInput;
  readonly ociLayout: OciLayoutInput;
}

export type ContentName = keyof ContentArguments;

const PACKERS: { readonly [Name in ContentName]: PackContent<ContentArguments[Name]> } = {
  helmChart: packHelmChart,
  bicepModule: packBicepModule,
  fluxSource: packFluxSource,
  wasmComponent: packWasmComponent,
  sbom: packSbom,
  endOfLife: packEndOfLife,
  ociLayout: packOciLayout,
};

/** Packs content of one kind. `args` must have the type that belongs to the name. */
export function packKind<Name extends ContentName>(
  name: Name,
  args: ContentArguments[Name],
  context: Omit<ContentContext, "property">,
): Promise<PackedContent> {
  return PACKERS[name](args, { ...context, property: `content.${name}` });
}
