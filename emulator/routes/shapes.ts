import type { ManifestRecord, Repository, TagRecord } from "../state/records.js";
import { shownTime } from "../wire/time.js";

/**
 * The JSON of `/acr/v1`, with its members in the order of the recorded answers (go and js SDK sessions).
 */
export function tagShape(tag: TagRecord): object {
  const { name, digest, createdTime, lastUpdateTime, attributes } = tag;
  return {
    name,
    digest,
    createdTime: shownTime(createdTime),
    lastUpdateTime: shownTime(lastUpdateTime),
    signed: false,
    changeableAttributes: attributes,
  };
}

/** `tags` is left out if there are none; only the answer for a single index has `references`. */
export function manifestShape(
  manifest: ManifestRecord,
  tags: readonly TagRecord[],
  single: boolean,
): object {
  const names = tags.map(({ name }) => name).sort();
  return {
    digest: manifest.digest,
    imageSize: manifest.imageSize,
    createdTime: shownTime(manifest.createdTime),
    lastUpdateTime: shownTime(manifest.lastUpdateTime),
    architecture: manifest.architecture,
    os: manifest.os,
    mediaType: manifest.mediaType,
    configMediaType: manifest.configMediaType,
    tags: names.length === 0 ? undefined : names,
    changeableAttributes: manifest.attributes,
    references: single ? manifest.references : undefined,
  };
}

export function repositoryShape(registry: string, repository: Repository): object {
  const { name, createdTime, lastUpdateTime, manifests, tags, attributes } = repository;
  return {
    registry,
    imageName: name,
    createdTime: shownTime(createdTime),
    lastUpdateTime: shownTime(lastUpdateTime),
    manifestCount: manifests.size,
    tagCount: tags.size,
    changeableAttributes: attributes,
  };
}
