import { artifactCopy } from "./artifactCopy/artifactCopy.js";
import { artifactTag } from "./artifactTag/artifactTag.js";
import { attributeLifecycle } from "./attributes/attributeLifecycle.js";
import { manifestProperties } from "./attributes/manifestProperties.js";
import { repositoryProperties } from "./attributes/repositoryProperties.js";
import { tagLock } from "./attributes/tagLock.js";
import type { Host } from "./host.js";
import type { Lifecycle } from "./lifecycle.js";
import { ociArtifact } from "./ociArtifact/ociArtifact.js";
import { ociIndex } from "./ociIndex/ociIndex.js";
import { retentionPolicy } from "./retentionPolicy/retentionPolicy.js";

/**
 * The kinds of resource, by their names in states. A released name must stay, because refresh and destroy
 * of old states use it.
 */
export const KINDS = {
  OciArtifact: ociArtifact,
  OciIndex: ociIndex,
  ArtifactCopy: artifactCopy,
  ArtifactTag: artifactTag,
  TagLock: (host: Host) => attributeLifecycle(tagLock, host),
  ManifestProperties: (host: Host) => attributeLifecycle(manifestProperties, host),
  RepositoryProperties: (host: Host) => attributeLifecycle(repositoryProperties, host),
  RetentionPolicy: retentionPolicy,
} satisfies Readonly<Record<string, (host: Host) => Lifecycle>>;

/** Creates the lifecycle of a kind; `undefined` if this version does not know the kind. */
export function lifecycleOf(kind: string): ((host: Host) => Lifecycle) | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : undefined;
}
