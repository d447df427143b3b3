import type { ContentStore } from "./contentStore.js";
import type { MetadataStore } from "./metadataStore.js";

/**
 * Which blobs each repository has. This is separate from repositories: a blob exists before the first
 * manifest, and can still be deleted after the last one (C11 #72, #73).
 */
export class BlobLinks {
  private readonly links = new Map<string, Set<string>>();

  constructor(
    private readonly content: ContentStore,
    private readonly metadata: MetadataStore,
  ) {}

  has(repository: string, digest: string): boolean {
    return this.links.get(repository)?.has(digest) ?? false;
  }

  /** The size of a blob in a repository. */
  size(repository: string, digest: string): number | undefined {
    return this.has(repository, digest) ? this.content.size(digest) : undefined;
  }

  add(repository: string, digest: string): void {
    if (!this.restore(repository, digest)) return;
    this.metadata.put(key(repository, digest), { repository, digest });
  }

  /** Adds a link without writing it to disk; false if it existed. */
  restore(repository: string, digest: string): boolean {
    const digests = this.links.get(repository) ?? new Set<string>();
    this.links.set(repository, digests);
    if (digests.has(digest)) return false;
    digests.add(digest);
    this.content.retain(digest);
    return true;
  }

  remove(repository: string, digest: string): boolean {
    const digests = this.links.get(repository);
    if (digests === undefined || !digests.delete(digest)) return false;
    if (digests.size === 0) this.links.delete(repository);
    this.metadata.remove(key(repository, digest));
    this.content.release(digest);
    return true;
  }

  removeAll(repository: string): void {
    for (const digest of [...(this.links.get(repository) ?? [])]) this.remove(repository, digest);
  }
}

function key(repository: string, digest: string): string {
  return `blob ${repository}@${digest}`;
}
