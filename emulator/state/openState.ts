import { join } from "node:path";

import type { Clock } from "../wire/time.js";
import { ContentStore } from "./contentStore.js";
import { FileMetadata, type MetadataStore, forgetfulMetadata } from "./metadataStore.js";
import type { ManifestRecord, Repository, TagRecord } from "./records.js";
import { RegistryState } from "./registryState.js";

/** Opens the folder of a registry; with `durable`, restores the content of an earlier run. */
export function openState(folder: string, durable: boolean, clock: Clock): RegistryState {
  const metadata = durable ? new FileMetadata(join(folder, "metadata")) : forgetfulMetadata;
  const blobs = new ContentStore(join(folder, "blobs"));
  const manifests = new ContentStore(join(folder, "manifests"));
  blobs.clearUploads();
  manifests.clearUploads();
  const state = new RegistryState(blobs, manifests, metadata, clock);
  restore(state, metadata);
  return state;
}

type Kept = Omit<Repository, "manifests" | "tags">;

/**
 * Restores repositories first, then their content. A record without its owner is left over from a kill
 * and dropped.
 */
function restore(state: RegistryState, metadata: MetadataStore): void {
  const records = metadata.load();
  for (const value of ofKind<Kept>(records, "repository ")) {
    state.repositories.set(value.name, { ...value, manifests: new Map(), tags: new Map() });
  }
  for (const { repository, digest } of ofKind<{ repository: string; digest: string }>(
    records,
    "blob ",
  )) {
    if (state.blobContent.recover(digest) !== undefined) state.blobs.restore(repository, digest);
  }
  for (const owned of ofKind<Owned<ManifestRecord>>(records, "manifest ")) {
    restoreManifest(state, owned);
  }
  for (const { repository, record } of ofKind<Owned<TagRecord>>(records, "tag ")) {
    const owner = state.repositories.get(repository);
    if (owner?.manifests.has(record.digest) === true) owner.tags.set(record.name, record);
  }
  for (const { name, manifests } of state.repositories.values()) {
    if (manifests.size === 0) state.repositories.delete(name);
  }
}

interface Owned<Record> {
  readonly repository: string;
  readonly record: Record;
}

function restoreManifest(
  state: RegistryState,
  { repository, record }: Owned<ManifestRecord>,
): void {
  const owner = state.repositories.get(repository);
  if (owner === undefined || state.manifestContent.recover(record.digest) === undefined) return;
  owner.manifests.set(record.digest, record);
  state.manifestContent.retain(record.digest);
}

function ofKind<Value>(records: { key: string; value: unknown }[], prefix: string): Value[] {
  return records.filter(({ key }) => key.startsWith(prefix)).map(({ value }) => value as Value);
}
