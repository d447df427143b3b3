// `export type` has lines of its own: Pulumi compiles programs that bring no TypeScript with its own, version 3.8,
// which cannot read `export { type … }`.
export { ArtifactCopy } from "./artifactCopy.js";
export type { ArtifactCopyArgs, CopySourceArgs, IncludedManifest } from "./artifactCopy.js";
export { ArtifactTag } from "./artifactTag.js";
export type { ArtifactTagArgs } from "./artifactTag.js";
export type { AttributesArgs } from "./attributes.js";
export type { Drift } from "../provider/artifact/foundDrift.js";
export { bicepModule } from "./kinds/bicepModule.js";
export type { BicepModuleArgs } from "./kinds/bicepModule.js";
export type {
  ArtifactContentArgs,
  BicepModuleContentArgs,
  EndOfLifeContentArgs,
  FluxSourceContentArgs,
  HelmChartContentArgs,
  OciLayoutContentArgs,
  SbomContentArgs,
  WasmComponentContentArgs,
} from "./kinds/content.js";
export { endOfLife } from "./kinds/endOfLife.js";
export type { EndOfLifeArgs } from "./kinds/endOfLife.js";
export { fluxSource } from "./kinds/fluxSource.js";
export type { FluxSourceArgs } from "./kinds/fluxSource.js";
export { helmChart } from "./kinds/helmChart.js";
export type { HelmChartArgs } from "./kinds/helmChart.js";
export { ociLayout } from "./kinds/ociLayout.js";
export type { OciLayoutArgs } from "./kinds/ociLayout.js";
export { sbom } from "./kinds/sbom.js";
export type { SbomArgs } from "./kinds/sbom.js";
export { wasmComponent } from "./kinds/wasmComponent.js";
export type { WasmComponentArgs } from "./kinds/wasmComponent.js";
export { getArtifact, getArtifactOutput } from "./getArtifact.js";
export type { GetArtifactArgs, GetArtifactOutputArgs } from "./getArtifact.js";
export { getTags, getTagsOutput } from "./getTags.js";
export type { GetTagsArgs, GetTagsOutputArgs } from "./getTags.js";
export { getManifests, getManifestsOutput } from "./getManifests.js";
export type { GetManifestsArgs, GetManifestsOutputArgs } from "./getManifests.js";
export { getNewestTag, getNewestTagOutput } from "./getNewestTag.js";
export type { GetNewestTagArgs, GetNewestTagOutputArgs } from "./getNewestTag.js";
export { getReferrers, getReferrersOutput } from "./getReferrers.js";
export type { GetReferrersArgs, GetReferrersOutputArgs } from "./getReferrers.js";
export { getArtifactFile, getArtifactFileOutput } from "./getArtifactFile.js";
export type { GetArtifactFileArgs, GetArtifactFileOutputArgs } from "./getArtifactFile.js";
export { getRepositories, getRepositoriesOutput } from "./getRepositories.js";
export type { GetRepositoriesArgs, GetRepositoriesOutputArgs } from "./getRepositories.js";
export { LookupError } from "./lookupError.js";
export type { LookupOutputOptions } from "./lookupInputs.js";
export type {
  ArtifactResult,
  ArtifactFileResult,
  ContentResult,
  LayerResult,
  ManifestDescriptorResult,
  ManifestResult,
  ManifestsResult,
  MetadataResult,
  NewestTagResult,
  ReferrersResult,
  RepositoriesResult,
  TagResult,
  TagsResult,
} from "../provider/lookups/results.js";
export { ManifestProperties } from "./manifestProperties.js";
export type { ManifestPropertiesArgs } from "./manifestProperties.js";
export { OciArtifact } from "./ociArtifact.js";
export type {
  ConfigArgs,
  ContentLayerArgs,
  DirectoryLayerArgs,
  FileLayerArgs,
  LayerArgs,
  LayerDescriptor,
  OciArtifactArgs,
  SourceLayerArgs,
} from "./ociArtifact.js";
export { OciIndex } from "./ociIndex.js";
export type { IndexManifestArgs, OciIndexArgs, PlatformArgs } from "./ociIndex.js";
export type { DescriptorArgs, LockArgs, PublishedArgs } from "./publishedArgs.js";
export type { CredentialName, RegistryArgs } from "./registryArgs.js";
export { RepositoryProperties } from "./repositoryProperties.js";
export type { RepositoryPropertiesArgs } from "./repositoryProperties.js";
export { RetentionPolicy } from "./retentionPolicy.js";
export type { RetentionPolicyArgs } from "./retentionPolicy.js";
export type {
  RetentionPlan,
  RetentionVictim,
} from "../provider/artifact/retention/retentionPlan.js";
export { TagLock } from "./tagLock.js";
export type { TagLockArgs } from "./tagLock.js";
