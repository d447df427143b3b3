import type { ContentContext, PackContent, PackedContent } from "./contentKind.js";
import { type HelmChartInput, packHelmChart } from "./helmChart.js";

/** The arguments of each kind of content, by its name. */
export interface ContentArguments {
  readonly helmChart: HelmChartInput;
}

export type ContentName = keyof ContentArguments;

const PACKERS: { readonly [Name in ContentName]: PackContent<ContentArguments[Name]> } = {
  helmChart: packHelmChart,
};

/** Packs content of one kind; `args` must have the form that the kind's name says. */
export function packKind<Name extends ContentName>(
  name: Name,
  args: ContentArguments[Name],
  context: Omit<ContentContext, "property">,
): Promise<PackedContent> {
  return PACKERS[name](args, { ...context, property: `content.${name}` });
}
