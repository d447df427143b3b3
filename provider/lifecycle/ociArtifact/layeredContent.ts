import type { ContentOutline } from "../../artifact/contentChange.js";
import type { Descriptor } from "../../oci/descriptor.js";
import type { ParsedManifest } from "../../oci/manifest.js";
import type { PropertyBag } from "../lifecycle.js";
import type { ContentKind } from "../published/contentKind.js";
import type { ArtifactInputs } from "../published/inputs.js";
import { derive, packAgain } from "./derive.js";
import { type LayeredInputs, validateInputs } from "./inputs.js";
import { assetProperty } from "./layerSources.js";

/** Content of `OciArtifact`: a config and layers that are packed from files and texts. */
export const layeredContent: ContentKind = {
  name: "OciArtifact",
  compared: ["layers", "config", "content", "verify", "configDescriptor", "layerDescriptors"],
  found: [],
  validate: validateInputs,
  derive,
  writtenProperty: (property, inputs) => assetProperty(property, inputs["layers"]),
  outline,
  pack: packAgain,
  packAgain,
  findings: () => ({}),
  requireReferenced: () => Promise.resolve(),
  verifiedBlobs: (state) => {
    const { verify, configDescriptor, layerDescriptors } = state as LayeredInputs;
    if (verify !== "blobs") return [];
    return configDescriptor === undefined
      ? layerDescriptors
      : [configDescriptor, ...layerDescriptors];
  },
  withoutBlobs: (inputs, missing) => {
    const { configDescriptor, layerDescriptors, ...others } = inputs as LayeredInputs;
    return {
      ...others,
      ...(missing.has(configDescriptor?.digest ?? "") ? {} : { configDescriptor }),
      layerDescriptors: layerDescriptors.filter(({ digest }) => !missing.has(digest)),
    } as ArtifactInputs;
  },
  describe,
};

function outline(inputs: ArtifactInputs): ContentOutline {
  const { layers, layerDescriptors, configDescriptor, artifactType, subject, annotations } =
    inputs as LayeredInputs;
  const parts = layerDescriptors.map(({ title, mediaType, digest, size }, index) => ({
    name: title ?? `layers[${index}]`,
    digest,
    size,
    details: { mediaType, annotations: layers?.[index]?.["annotations"] },
  }));
  const details = { artifactType, subject, annotations };
  const outlined = { noun: "layer", parts, areBlobs: true, details } as const;
  if (configDescriptor === undefined) return outlined;
  const { mediaType, digest, size } = configDescriptor;
  return { ...outlined, config: { name: "config", digest, size, details: { mediaType } } };
}

const TITLE = "org.opencontainers.image.title";

function describe({ config, layers }: ParsedManifest): PropertyBag {
  return { configDescriptor: config, layerDescriptors: layers.map(layerDescriptor) };
}

function layerDescriptor({ mediaType, digest, size, annotations }: Descriptor): object {
  return { title: annotations?.[TITLE], mediaType, size, digest };
}
