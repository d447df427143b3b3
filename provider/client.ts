/**
 * `pulumi-acr/client`: a client for Azure Container Registry and other OCI registries, and functions that
 * pack, push and pull artifacts without Pulumi.
 *
 * @packageDocumentation
 */
export * from "./registry/index.js";
export type { PackedArtifact } from "./artifact/assembleArtifact.js";
export {
  packArtifact,
  type ArtifactInput,
  type PackArtifactOptions,
} from "./artifact/packArtifact.js";
export type { ConfigInput } from "./artifact/packConfig.js";
export type { Compression, LayerDescriptor, LayerInput } from "./artifact/packLayer.js";
export {
  pullArtifact,
  type PulledArtifact,
  type PullOptions,
  type PullProgress,
} from "./artifact/pull.js";
export type { PlatformChoice } from "./artifact/pullManifest.js";
export { pushArtifact } from "./artifact/push.js";
export type { Pushable, PushableBlob, PushableManifest } from "./artifact/pushable.js";
export type { PushObserver, PushOptions } from "./artifact/pushBlobs.js";
export { UnpackError } from "./errors.js";
