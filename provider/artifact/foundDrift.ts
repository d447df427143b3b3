/** One thing that somebody changed behind Pulumi's back, as the last refresh found it. */
export interface Drift {
  readonly kind:
    | "tag-moved"
    | "tag-deleted"
    | "manifest-missing"
    | "blob-missing"
    | "attributes-changed"
    | "referrer-unlisted";
  /** Full reference of the tag, manifest or blob. */
  readonly subject: string;
  /**
   * A digest, or attributes as `writeEnabled=false, deleteEnabled=false`. Of `referrer-unlisted`, the
   * digest of the manifest that no longer lists this one as its referrer.
   */
  readonly expected: string;
  /** The same of what is there; `absent` if nothing is. */
  readonly actual: string;
  /** When the registry last saw the subject change (ISO 8601), where it says so. */
  readonly since?: string;
}

export type DriftKind = Drift["kind"];
