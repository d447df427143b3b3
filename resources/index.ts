export type { AttributesArgs } from "./attributes.js";
export type { Drift } from "./drift.js";
export { ManifestProperties, type ManifestPropertiesArgs } from "./manifestProperties.js";
export {
  type ConfigArgs,
  type ContentLayerArgs,
  type DescriptorArgs,
  type DirectoryLayerArgs,
  type FileLayerArgs,
  type LayerArgs,
  type LayerDescriptor,
  OciArtifact,
  type OciArtifactArgs,
  type SourceLayerArgs,
} from "./ociArtifact.js";
export type { CredentialName, RegistryArgs } from "./registryArgs.js";
export { TagLock, type TagLockArgs } from "./tagLock.js";
