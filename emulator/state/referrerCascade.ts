import type { RegistryState } from "./registryState.js";

/**
 * Deletes the referrers of a deleted manifest, and their referrers, after some time. Microsoft documents
 * that the whole graph is deleted ("Manage OCI artifacts"); in the recorded run it still existed right
 * afterwards (C11 #61).
 */
export class ReferrerCascade {
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly state: RegistryState,
    /** Undefined: never. */
    private readonly milliseconds: number | undefined,
  ) {}

  afterDelete(repository: string, digest: string): void {
    if (this.milliseconds === undefined) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.removeReferrers(repository, digest);
    }, this.milliseconds);
    this.timers.add(timer);
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private removeReferrers(name: string, digest: string): void {
    const repository = this.state.repositories.get(name);
    // Somebody may have pushed the subject again.
    if (repository === undefined || repository.manifests.has(digest)) return;
    for (const manifest of [...repository.manifests.values()]) {
      if (manifest.subject !== digest) continue;
      this.state.removeManifest(repository, manifest);
      this.removeReferrers(name, manifest.digest);
    }
  }
}
