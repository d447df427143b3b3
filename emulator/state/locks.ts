import type { ManifestRecord, Repository, TagRecord } from "./records.js";

/**
 * What the flags forbid. An operation is refused if any relevant level forbids it (Microsoft, "Lock a
 * container image in an Azure container registry"; troubleshooting article on delete operations).
 * Changing attributes is always allowed.
 */
export function mayRead(
  repository: Repository,
  manifest: ManifestRecord | undefined,
  tag: TagRecord | undefined,
): boolean {
  return (
    repository.attributes.readEnabled &&
    manifest?.attributes.readEnabled !== false &&
    tag?.attributes.readEnabled !== false
  );
}

/**
 * Whether a tag may be set. A locked manifest may get further tags, because the flags of tags and
 * manifests are independent.
 */
export function mayWriteTag(repository: Repository | undefined, tag: string | undefined): boolean {
  if (repository === undefined) return true;
  const existing = tag === undefined ? undefined : repository.tags.get(tag);
  return repository.attributes.writeEnabled && existing?.attributes.writeEnabled !== false;
}

export function mayDeleteTag(repository: Repository, tag: TagRecord): boolean {
  return repository.attributes.writeEnabled && isDeletable(tag);
}

export function mayDeleteManifest(
  repository: Repository,
  manifest: ManifestRecord,
  tags: readonly TagRecord[],
): boolean {
  return repository.attributes.writeEnabled && isDeletable(manifest) && tags.every(isDeletable);
}

export function mayDeleteRepository(repository: Repository): boolean {
  return (
    isDeletable(repository) &&
    [...repository.manifests.values()].every(isDeletable) &&
    [...repository.tags.values()].every(isDeletable)
  );
}

function isDeletable({ attributes }: Pick<TagRecord, "attributes">): boolean {
  return attributes.writeEnabled && attributes.deleteEnabled;
}
