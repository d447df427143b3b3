import * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { Drift } from "../provider/artifact/foundDrift.js";

/** What a program can read of whatever is published under tags. */
export const PUBLISHED_READABLE = [
  "repository",
  "tags",
  "digest",
  "size",
  "mediaType",
  "reference",
  "tagDigests",
  "drift",
] as const;

/** A manifest that is published under tags. */
export abstract class PublishedResource extends AcrResource {
  abstract readonly digest: pulumi.Output<string>;
  abstract readonly size: pulumi.Output<number>;
  abstract readonly mediaType: pulumi.Output<string>;
  declare readonly repository: pulumi.Output<string>;
  /** Of the declared tags, those that name this manifest. */
  declare readonly tags: pulumi.Output<string[] | undefined>;
  /** `<login server>/<repository>@<digest>`. Known at preview if login server and digest are. */
  declare readonly reference: pulumi.Output<string>;
  /** What each declared tag names, as last seen. */
  declare readonly tagDigests: pulumi.Output<Record<string, string>>;
  /** What the last refresh found changed; empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;

  /** The manifest as a descriptor, for another one's `subject` or for an `OciIndex`. Known when its parts are. */
  get descriptor(): pulumi.Output<{ mediaType: string; digest: string; size: number }> {
    return pulumi.output({ mediaType: this.mediaType, digest: this.digest, size: this.size });
  }
}
