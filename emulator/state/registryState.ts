import type { ParsedDigest } from "../wire/digest.js";
import type { Clock } from "../wire/time.js";
import { type ChangeableAttributes, unlocked } from "./attributes.js";
import { BlobLinks } from "./blobLinks.js";
import { type ContentStore } from "./contentStore.js";
import type { MetadataStore } from "./metadataStore.js";
import type { ManifestRecord, ManifestSummary, Repository, TagRecord } from "./records.js";

/** Content that is complete, but not yet stored under its digest. */
export interface ArrivedContent {
  readonly temporary: string;
  readonly digest: ParsedDigest;
  readonly size: number;
}

/**
 * The whole content of the registry. Each method that changes it runs synchronously, from the first check
 * to the last write, so that two concurrent pushes of one tag are safe.
 */
export class RegistryState {
  readonly repositories = new Map<string, Repository>();
  readonly blobs: BlobLinks;

  constructor(
    readonly blobContent: ContentStore,
    readonly manifestContent: ContentStore,
    private readonly metadata: MetadataStore,
    private readonly clock: Clock,
  ) {
    this.blobs = new BlobLinks(blobContent, metadata);
  }

  addBlob(repository: string, content: ArrivedContent): void {
    this.blobContent.adopt(content.temporary, content.digest, content.size);
    this.blobs.add(repository, content.digest.text);
  }

  /** Stores a manifest, and sets a tag on it if one is given. */
  putManifest(
    name: string,
    content: ArrivedContent,
    summary: ManifestSummary,
    tag: string | undefined,
  ): void {
    const repository = this.repositories.get(name) ?? this.newRepository(name);
    const now = this.clock();
    this.manifestContent.adopt(content.temporary, content.digest, content.size);
    if (!repository.manifests.has(summary.digest)) {
      const record = { ...summary, createdTime: now, lastUpdateTime: now, attributes: unlocked };
      repository.manifests.set(summary.digest, record);
      this.manifestContent.retain(summary.digest);
      this.saveManifest(repository, record);
    }
    if (tag !== undefined) this.pointTag(repository, tag, summary.digest, now);
    this.touch(repository, now);
  }

  removeTag(repository: Repository, tag: TagRecord): void {
    repository.tags.delete(tag.name);
    this.metadata.remove(tagKey(repository.name, tag.name));
    this.touch(repository, this.clock());
  }

  /** Deletes a manifest with its tags, and the repository with its last manifest. */
  removeManifest(repository: Repository, manifest: ManifestRecord): void {
    for (const tag of this.tagsOf(repository, manifest.digest)) {
      repository.tags.delete(tag.name);
      this.metadata.remove(tagKey(repository.name, tag.name));
    }
    repository.manifests.delete(manifest.digest);
    this.metadata.remove(manifestKey(repository.name, manifest.digest));
    this.manifestContent.release(manifest.digest);
    if (repository.manifests.size > 0) {
      this.touch(repository, this.clock());
      return;
    }
    this.repositories.delete(repository.name);
    this.metadata.remove(repositoryKey(repository.name));
  }

  removeRepository(repository: Repository): void {
    for (const name of repository.tags.keys()) this.metadata.remove(tagKey(repository.name, name));
    repository.tags.clear();
    for (const manifest of [...repository.manifests.values()]) {
      this.removeManifest(repository, manifest);
    }
    this.blobs.removeAll(repository.name);
  }

  tagsOf(repository: Repository, digest: string): TagRecord[] {
    return [...repository.tags.values()].filter((tag) => tag.digest === digest);
  }

  /** Changing attributes does not change `lastUpdateTime` (recorded: go SDK, TestClient_Update). */
  setRepositoryAttributes(repository: Repository, attributes: ChangeableAttributes): void {
    repository.attributes = attributes;
    this.saveRepository(repository);
  }

  setManifestAttributes(
    repository: Repository,
    manifest: ManifestRecord,
    attributes: ChangeableAttributes,
  ): void {
    manifest.attributes = attributes;
    this.saveManifest(repository, manifest);
  }

  setTagAttributes(repository: Repository, tag: TagRecord, attributes: ChangeableAttributes): void {
    tag.attributes = attributes;
    this.saveTag(repository, tag);
  }

  /** Moving a tag keeps `createdTime` and changes `lastUpdateTime`. */
  private pointTag(repository: Repository, name: string, digest: string, now: string): void {
    const tag = repository.tags.get(name) ?? {
      name,
      digest,
      createdTime: now,
      lastUpdateTime: now,
      attributes: unlocked,
    };
    if (tag.digest !== digest) {
      tag.digest = digest;
      tag.lastUpdateTime = now;
    }
    repository.tags.set(name, tag);
    this.saveTag(repository, tag);
  }

  private newRepository(name: string): Repository {
    const now = this.clock();
    const repository: Repository = {
      name,
      createdTime: now,
      lastUpdateTime: now,
      attributes: unlocked,
      manifests: new Map(),
      tags: new Map(),
    };
    this.repositories.set(name, repository);
    return repository;
  }

  private touch(repository: Repository, now: string): void {
    repository.lastUpdateTime = now;
    this.saveRepository(repository);
  }

  private saveRepository(repository: Repository): void {
    const { name, createdTime, lastUpdateTime, attributes } = repository;
    this.metadata.put(repositoryKey(name), { name, createdTime, lastUpdateTime, attributes });
  }

  private saveManifest(repository: Repository, record: ManifestRecord): void {
    this.metadata.put(manifestKey(repository.name, record.digest), {
      repository: repository.name,
      record,
    });
  }

  private saveTag(repository: Repository, record: TagRecord): void {
    this.metadata.put(tagKey(repository.name, record.name), {
      repository: repository.name,
      record,
    });
  }
}

function repositoryKey(name: string): string {
  return `repository ${name}`;
}

function manifestKey(repository: string, digest: string): string {
  return `manifest ${repository}@${digest}`;
}

function tagKey(repository: string, tag: string): string {
  return `tag ${repository}:${tag}`;
}
