import type * as pulumi from "@pulumi/pulumi";
import type { DescriptorArgs, PublishedArgs } from "./publishedArgs.js";
import { PUBLISHED_READABLE, PublishedResource } from "./publishedResource.js";
import type { RegistryArgs } from "./registryArgs.js";

/** The platform that a manifest is for, as the image specification defines it. */
export interface PlatformArgs {
  /** For example `amd64`. */
  architecture: pulumi.Input<string>;
  /** For example `linux`. */
  os: pulumi.Input<string>;
  "os.version"?: pulumi.Input<string>;
  "os.features"?: pulumi.Input<pulumi.Input<string>[]>;
  /** For example `v8`. */
  variant?: pulumi.Input<string>;
}

/**
 * A manifest that an index names: the `descriptor` of an `OciArtifact`, or an object of the same form.
 * Size and media type must be those of the manifest.
 */
export interface IndexManifestArgs extends DescriptorArgs {
  platform?: pulumi.Input<PlatformArgs>;
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Type of the manifest, so that clients can choose without fetching it. */
  artifactType?: pulumi.Input<string>;
}

export interface OciIndexArgs extends PublishedArgs {
  /** The manifests that the index names. The order counts: clients take the first that fits. */
  manifests: pulumi.Input<pulumi.Input<IndexManifestArgs>[]>;
  /** Type of the index, as a media type. Default: none, as for indexes of images. */
  artifactType?: pulumi.Input<string>;
}

const KIND = "OciIndex";

/** Outputs of the class; all but `tagDigests` and `drift` are known at preview. */
const READABLE = [...PUBLISHED_READABLE, "artifactType", "annotations", "manifests"];

/**
 * Publishes an index: one manifest that names others by digest, each for a platform or a purpose,
 * with its tags and locks.
 *
 * The digest is known at preview if the digests of the manifests are. The manifests must be in the same
 * repository when the index is published, or nothing is written. The same `up` may publish them: use
 * their outputs, for example `manifests: [linux.descriptor, windows.descriptor]`.
 *
 * A change of content, repository or login server replaces the index: the new one is published first,
 * tags move to it, and the old one stays unless `onReplace` is `delete`. Tags, lock and policies change
 * in place.
 *
 * Deleting the resource removes the index as `onDelete` says, but never the manifests it names. As long as
 * an index exists, no resource removes the manifests it names.
 *
 * `pulumi refresh` finds tags that were moved or deleted and locks that were changed. Each is reported
 * in `drift` and in the resource's row, and `up` repairs it.
 *
 * Works on any OCI registry; `lock`, and removing a tag without its manifest, exist on ACR only.
 *
 * Errors: `NOT_FOUND` if a manifest is missing from the repository; `CONFLICT`, `LOCKED` and `UNSUPPORTED`
 * as for `OciArtifact`.
 *
 * Roles: AcrPush to publish; AcrDelete to remove; to lock, `metadata/write` (AcrPush; Container Registry
 * Repository Writer on a registry with repository permissions).
 *
 * The id is `<login server>/<repository>@<digest>`. Creating an index that already exists adopts it.
 */
export class OciIndex extends PublishedResource {
  /** Digest of the index. Known at preview. */
  declare readonly digest: pulumi.Output<string>;
  /** Bytes of the index. Known at preview. */
  declare readonly size: pulumi.Output<number>;
  /** Media type of the index. Known at preview. */
  declare readonly mediaType: pulumi.Output<string>;
  declare readonly manifests: pulumi.Output<pulumi.Unwrap<IndexManifestArgs>[]>;
  declare readonly artifactType: pulumi.Output<string | undefined>;
  declare readonly annotations: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: OciIndexArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /**
   * An index that is managed elsewhere, by its id `<login server>/<repository>@<digest>`. It must
   * exist. `state.registry` says how to sign in.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): OciIndex {
    return new OciIndex(name, { ...state } as OciIndexArgs, { ...options, id });
  }
}
