import type { ContentOutline } from "../../artifact/contentChange.js";
import type { MissingParts } from "../../artifact/missingParts.js";
import type { Descriptor } from "../../oci/descriptor.js";
import type { ParsedManifest } from "../../oci/manifest.js";
import type { PropertyBag } from "../lifecycle.js";
import type { ContentKind } from "../published/contentKind.js";
import type { ArtifactInputs } from "../published/inputs.js";
import { partsToVerify } from "../published/partsToVerify.js";
import { derive, packPlanned } from "./derive.js";
import { type LayeredInputs, validateInputs } from "./inputs.js";
import { assetProperty } from "./layerSources.js";

/** Content of `OciArtifact`: a config and layers that are packed from files and texts. */
export const layeredContent: ContentKind = {
  name: "OciArtifact",
  compared: ["layers", "config", "content", "verify", "configDescriptor", "layerDescriptors"],
  derived: ["digest", "size", "mediaType", "configDescriptor", "layerDescriptors", "included"],
  found: [],
  validate: validateInputs,
  derive,
  writtenProperty: (property, inputs) => assetProperty(property, inputs["layers"]),
  outline,
  pack: packPlanned,
  packAgain: packPlanned,
  findings: () => ({}),
  requireReferenced: () => Promise.resolve(),
  wantedParts: (state) => {
    const { configDescriptor, layerDescriptors } = state as LayeredInputs;
    const config = configDescriptor === undefined ? [] : [configDescriptor];
    return partsToVerify(state, [...config, ...layerDescriptors]);
  },
  withoutMissing: (inputs, { missing }) => without(inputs as LayeredInputs, missing),
  describe,
};

/** A manifest without one of its blobs counts as missing, too: it cannot be pulled. So does one that nobody finds. */
function without(
  inputs: LayeredInputs,
  { manifests, blobs, incomplete, unlisted }: MissingParts,
): LayeredInputs {
  const { configDescriptor, layerDescriptors, included, ...others } = inputs;
  const hidden = unlisted.map(({ digest }) => digest);
  const lacks = new Set<string>([...manifests, ...blobs, ...incomplete, ...hidden]);
  const isWhole = ({ digest }: { readonly digest: string }): boolean => !lacks.has(digest);
  return {
    ...others,
    ...(configDescriptor !== undefined && isWhole(configDescriptor) ? { configDescriptor } : {}),
    layerDescriptors: layerDescriptors.filter(isWhole),
    ...(included === undefined ? {} : { included: included.filter(isWhole) }),
  };
}

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
