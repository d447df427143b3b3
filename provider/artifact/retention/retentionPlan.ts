/** One manifest that goes, or that loses tags. */
export interface RetentionVictim {
  /** `manifest`: it goes with its tags. `tags`: it stays, and the tags named here go. */
  readonly kind: "manifest" | "tags";
  readonly digest: string;
  readonly tags: readonly string[];
  /** For example `older than 30d, not among the 3 newest`. */
  readonly reason: string;
  /** Bytes of its layers, as the registry states them; an index has none of its own. */
  readonly size?: number;
  /** As the registry writes it (ISO 8601, UTC, up to seven digits). */
  readonly lastUpdateTime: string;
  /** Other victims that it goes with: indexes that name it, its subject. */
  readonly goesWith?: readonly string[];
}

/** Exactly what is deleted, or was. */
export interface RetentionPlan {
  readonly manifests: number;
  /** Tags that go while their manifest stays. */
  readonly tags: number;
  /**
   * Sizes of the layers, added up. The registry frees this at most: a layer that other manifests share,
   * of this or of another repository, stays.
   */
  readonly bytesAtMost: number;
  readonly victims: readonly RetentionVictim[];
}
