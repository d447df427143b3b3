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
   * A digest, or attributes as in `writeEnabled=false, deleteEnabled=false`. For `referrer-unlisted`, the
   * digest of the manifest that no longer lists this one as its referrer.
   */
  readonly expected: string;
  /** The live digest or attributes; `absent` if there is nothing. */
  readonly actual: string;
  /** When the subject was last changed (ISO 8601), if the registry says so. */
  readonly since?: string;
}

export type DriftKind = Drift["kind"];
