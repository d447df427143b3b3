import type { PackedArtifact } from "../../artifact/assembleArtifact.js";
import { packArtifact } from "../../artifact/packArtifact.js";
import { InputError } from "../../errors.js";
import { OCI_MANIFEST } from "../../oci/mediaTypes.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import { containsUnknown, isUnknown, UNKNOWN } from "../../arguments/unknown.js";
import { deriveContent, packContent } from "./deriveContent.js";
import { withoutAssets } from "./layerSources.js";
import { configOf, earlierLayers } from "./packedInputs.js";
import { withRelativePaths } from "./relativePaths.js";
import type { LayeredInputs } from "./inputs.js";

/** Inputs that decide the digest; while one of them is unknown, so is the digest. */
const CONTENT = ["artifactType", "layers", "config", "annotations", "subject"] as const;

/** The inputs that follow from the others. What is not known yet leaves unknown only what needs it. */
export async function derive(
  host: Host,
  olds: PropertyBag,
  written: PropertyBag,
): Promise<PropertyBag> {
  const known = olds["layerDescriptors"];
  const paths = withRelativePaths(host.directory, written);
  const given = { ...written, ...paths };
  if (given.content !== undefined) {
    return { ...paths, ...(await deriveContent(host, known, given)) };
  }
  if (CONTENT.some((name) => containsUnknown(given[name]))) {
    return { ...paths, ...(await derivePartly(host, known, given)) };
  }
  const packed = await pack(host, given, known);
  const { digest, size, mediaType } = packed.manifest.descriptor;
  host.packed.set(digest, packed);
  const { layerDescriptors } = packed;
  const configDescriptor = configOf(packed);
  return { ...paths, digest, size, mediaType, configDescriptor, layerDescriptors };
}

/**
 * Packs what is known, with something of the same form in place of what is not: so that its own
 * mistakes are said at preview, and layers that do not depend on it are shown.
 */
async function derivePartly(host: Host, known: unknown, given: PropertyBag): Promise<PropertyBag> {
  const { layers = [], config } = given;
  const isOpen = {
    artifactType: isUnknown(given["artifactType"]),
    layers: isUnknown(layers),
    config: containsUnknown(config),
  };
  const written = isOpen.layers ? [] : (layers as readonly unknown[]);
  const packed = await pack(
    host,
    {
      artifactType: isOpen.artifactType || isOpen.config ? STAND_IN : given["artifactType"],
      config: isOpen.config ? undefined : config,
      layers: written.map((layer) => (containsUnknown(layer) ? { content: "" } : layer)),
    },
    known,
  );
  const descriptors = written.map((layer, index) =>
    containsUnknown(layer) ? UNKNOWN : packed.layerDescriptors[index],
  );
  return {
    digest: UNKNOWN,
    size: UNKNOWN,
    mediaType: OCI_MANIFEST,
    configDescriptor: isOpen.config ? UNKNOWN : configOf(packed),
    layerDescriptors: isOpen.layers ? UNKNOWN : descriptors,
  };
}

/** Never published. */
const STAND_IN = "application/vnd.unknown";

function asLayered(inputs: PropertyBag): LayeredInputs {
  return inputs as unknown as LayeredInputs;
}

/** Packs what the inputs describe; earlier layer descriptors spare compressing unchanged folders. */
function pack(host: Host, inputs: PropertyBag, known: unknown): Promise<PackedArtifact> {
  if (inputs["content"] !== undefined) return packContent(host, inputs, known);
  const given = (inputs["layers"] ?? []) as readonly PropertyBag[];
  const { artifactType, config, annotations, subject } = asLayered(inputs);
  const layers = given.map(withoutAssets);
  return packArtifact(
    { artifactType, layers, config, annotations, subject } as Parameters<typeof packArtifact>[0],
    { baseDirectory: host.directory, known: earlierLayers(known) },
  );
}

/** Content as `check` packed it in this process, or packed again; it must be what was previewed. */
export async function packPlanned(host: Host, inputs: PropertyBag): Promise<PackedArtifact> {
  const { digest } = asLayered(inputs);
  const packed = host.packed.get(digest) ?? (await pack(host, inputs, inputs["layerDescriptors"]));
  if (packed.manifest.descriptor.digest === digest) return packed;
  const property = inputs["content"] === undefined ? "layers" : "content";
  throw new InputError(property, changedSince(property, inputs, packed));
}

function changedSince(property: string, inputs: PropertyBag, packed: PackedArtifact): string {
  const { digest, layerDescriptors } = asLayered(inputs);
  const unnamed = (index: number): string =>
    property === "layers" ? `layers[${index}]` : `layer ${index} of the content`;
  const changed = packed.layerDescriptors.flatMap((layer, index) =>
    layer.digest === layerDescriptors[index]?.digest ? [] : [layer.title ?? unnamed(index)],
  );
  return (
    `${changed.length === 0 ? "the content" : changed.join(", ")} changed since it was planned: the artifact has digest ` +
    `${packed.manifest.descriptor.digest} now, ${digest} was planned. Nothing was published. Run \`pulumi up\` again`
  );
}
