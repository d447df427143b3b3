import * as pulumi from "@pulumi/pulumi";
import { AcrResource } from "./acrResource.js";
import type { Drift } from "../provider/artifact/foundDrift.js";

/** Outputs that all resources with tags have. */
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
  /** Those of the declared tags that name this manifest. */
  declare readonly tags: pulumi.Output<string[] | undefined>;
  /** `<login server>/<repository>@<digest>`. Known at preview if login server and digest are. */
  declare readonly reference: pulumi.Output<string>;
  /** The digest that each declared tag named when it was last read. */
  declare readonly tagDigests: pulumi.Output<Record<string, string>>;
  /** What somebody else had changed, as the last refresh found it. Empty after `up`. */
  declare readonly drift: pulumi.Output<Drift[]>;

  /** The manifest as a descriptor, for the `subject` of another resource or for an `OciIndex`. */
  get descriptor(): pulumi.Output<{ mediaType: string; digest: string; size: number }> {
    return pulumi.output({ mediaType: this.mediaType, digest: this.digest, size: this.size });
  }
}
