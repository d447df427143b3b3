import type { Annotations, Descriptor, Platform } from "./descriptor.js";
import { arrayJson, mapJson, objectJson, plainJson } from "./goJson.js";

/**
 * The members of an image manifest and of an index. Of the three in the middle, each kind has only its
 * own.
 */
export interface ManifestMembers {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

/**
 * The text of a manifest, byte for byte as ORAS writes it: members in the order of image-spec's Go
 * structures, annotations in the order of their bytes.
 */
export function manifestJson(manifest: ManifestMembers): string {
  return objectJson([
    ["schemaVersion", plainJson(manifest.schemaVersion)],
    ["mediaType", plainJson(manifest.mediaType)],
    ["artifactType", plainJson(manifest.artifactType)],
    ["config", manifest.config && descriptorJson(manifest.config)],
    ["layers", manifest.layers && arrayJson(manifest.layers.map(descriptorJson))],
    ["manifests", manifest.manifests && arrayJson(manifest.manifests.map(descriptorJson))],
    ["subject", manifest.subject && descriptorJson(manifest.subject)],
    ["annotations", mapJson(manifest.annotations)],
  ]);
}

function descriptorJson(descriptor: Descriptor): string {
  return objectJson([
    ["mediaType", plainJson(descriptor.mediaType)],
    ["digest", plainJson(descriptor.digest)],
    ["size", plainJson(descriptor.size)],
    ["urls", plainJson(descriptor.urls)],
    ["annotations", mapJson(descriptor.annotations)],
    ["data", plainJson(descriptor.data)],
    ["platform", descriptor.platform && platformJson(descriptor.platform)],
    ["artifactType", plainJson(descriptor.artifactType)],
  ]);
}

function platformJson(platform: Platform): string {
  return objectJson([
    ["architecture", plainJson(platform.architecture)],
    ["os", plainJson(platform.os)],
    ["os.version", plainJson(platform["os.version"])],
    ["os.features", plainJson(platform["os.features"])],
    ["variant", plainJson(platform.variant)],
  ]);
}
