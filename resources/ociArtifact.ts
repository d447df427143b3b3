import type * as pulumi from "@pulumi/pulumi";
import type { IncludedManifest } from "./artifactCopy.js";
import type { ArtifactContentArgs } from "./kinds/content.js";
import type { PublishedArgs } from "./publishedArgs.js";
import { PUBLISHED_READABLE, PublishedResource } from "./publishedResource.js";
import type { RegistryArgs } from "./registryArgs.js";

interface LayerOptions {
  /**
   * Default: `application/vnd.oci.image.layer.v1.tar+gzip` for a compressed layer (which a directory is by
   * default), else `application/vnd.oci.image.layer.v1.tar`, which ORAS uses for any file.
   */
  mediaType?: pulumi.Input<string>;
  /**
   * Name under which `oras pull` restores the layer (`org.opencontainers.image.title`). Default: the
   * last part of the path, with `.gz` for a file that is compressed here and `.tar` for a folder that is
   * not; none for inline content. Must be a relative path without `..`.
   */
  title?: pulumi.Input<string>;
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Default: `gzip` for a directory, `none` for everything else. */
  compression?: pulumi.Input<"gzip" | "none">;
}

/** One file, published unchanged unless `compression` says otherwise. */
export interface FileLayerArgs extends LayerOptions {
  /** Path, relative to the program's folder. */
  file: pulumi.Input<string>;
  directory?: never;
  content?: never;
  source?: never;
}

/** A folder, as one reproducible tar: the same content gives the same digest everywhere. */
export interface DirectoryLayerArgs extends LayerOptions {
  /** Path, relative to the program's folder. */
  directory: pulumi.Input<string>;
  /** Patterns of the files to publish, for example `**\/*.yaml`. Default: all. */
  include?: pulumi.Input<pulumi.Input<string>[]>;
  /** Patterns of files and folders to leave out. They win over `include`. */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  file?: never;
  content?: never;
  source?: never;
}

/** Text from the program. It is stored in the state, so keep it short. */
export interface ContentLayerArgs extends LayerOptions {
  content: pulumi.Input<string>;
  file?: never;
  directory?: never;
  source?: never;
}

/** A Pulumi file or string asset, or a `FileArchive` of a folder. */
export interface SourceLayerArgs extends LayerOptions {
  source: pulumi.Input<pulumi.asset.Asset | pulumi.asset.Archive>;
  include?: pulumi.Input<pulumi.Input<string>[]>;
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  file?: never;
  directory?: never;
  content?: never;
}

/** One layer. Give exactly one of `file`, `directory`, `content` and `source`. */
export type LayerArgs = FileLayerArgs | DirectoryLayerArgs | ContentLayerArgs | SourceLayerArgs;

/** The config blob of the manifest. Give either `content` or `file`. */
export interface ConfigArgs {
  mediaType: pulumi.Input<string>;
  content?: pulumi.Input<string>;
  file?: pulumi.Input<string>;
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface OciArtifactArgs extends PublishedArgs {
  /** Type of the artifact, as a media type. Required unless `config` or `content` gives a type. */
  artifactType?: pulumi.Input<string>;
  /** The layers. Default: one empty layer, as ORAS publishes it. */
  layers?: pulumi.Input<pulumi.Input<LayerArgs>[]>;
  /** Default: the empty JSON descriptor of the image specification. */
  config?: pulumi.Input<ConfigArgs>;
  /**
   * Content of a known kind, instead of `artifactType`, `layers` and `config`. Set by the function of that
   * kind, such as `helmChart`. `annotations` override those of the kind.
   */
  content?: pulumi.Input<ArtifactContentArgs>;
  /**
   * What a refresh checks. `manifest` (default): the manifest and its tags, one request. `included`: also
   * the manifests that an `ociLayout` brings along, one more request each. `blobs`: also all blobs, one
   * more request each.
   */
  verify?: pulumi.Input<"manifest" | "included" | "blobs">;
}

/** One layer as published. */
export interface LayerDescriptor {
  title?: string;
  mediaType: string;
  /** Bytes. */
  size: number;
  digest: string;
  /** For a directory: the digest of its uncompressed tar, and the id of the compressor that made the layer of it. */
  tarDigest?: string;
  compressor?: string;
}

const KIND = "OciArtifact";

/** Outputs of the class; all but `tagDigests` and `drift` are known at preview. */
const READABLE = [
  ...PUBLISHED_READABLE,
  "artifactType",
  "annotations",
  "configDescriptor",
  "layerDescriptors",
  "included",
];

/**
 * Publishes files, folders and text as one OCI artifact, with its tags and locks.
 *
 * The digest is computed at preview from the files alone, without a request; `up` publishes exactly
 * that digest, and sends only blobs that the registry lacks. A change of content, repository or login
 * server replaces the artifact: the new one is published first, tags move to it, and the old one stays
 * unless `onReplace` is `delete`. Tags, lock and policies change in place.
 *
 * `pulumi refresh` finds tags that were moved or deleted, locks that were changed, and with `verify`
 * missing content. Each is reported in `drift` and in the resource's row, and `up` repairs it.
 *
 * Deleting the resource does what `onDelete` says.
 *
 * Works on any OCI registry; `lock`, and removing a tag without its manifest, exist on ACR only.
 *
 * Errors: `CONFLICT` if a tag names something else (see `onTagConflict`), or is moved meanwhile; `LOCKED`
 * if somebody else's lock is in the way; `SOURCE_CHANGED` if a file changes while it is published;
 * `UNSUPPORTED` for `lock` on another registry than ACR.
 *
 * Roles: AcrPush to publish; AcrDelete to remove; to lock, `metadata/write` (AcrPush; Container Registry
 * Repository Writer on a registry with repository permissions).
 *
 * The id is `<login server>/<repository>@<digest>`. Pulumi cannot `import` dynamic resources; creating
 * an artifact that already exists adopts it.
 */
export class OciArtifact extends PublishedResource {
  /** Digest of the manifest. Known at preview. */
  declare readonly digest: pulumi.Output<string>;
  /** Bytes of the manifest. Known at preview. */
  declare readonly size: pulumi.Output<number>;
  /** Media type of the manifest. Known at preview. */
  declare readonly mediaType: pulumi.Output<string>;
  /** Media type, digest and size of the config blob. Known at preview. */
  declare readonly configDescriptor: pulumi.Output<{
    mediaType: string;
    digest: string;
    size: number;
  }>;
  /** The layers as published. Known at preview. */
  declare readonly layerDescriptors: pulumi.Output<LayerDescriptor[]>;
  /** The children and referrers that an `ociLayout` brings along. Known at preview. */
  declare readonly included: pulumi.Output<IncludedManifest[] | undefined>;
  declare readonly artifactType: pulumi.Output<string | undefined>;
  /** All annotations of the manifest, including those of `content`. */
  declare readonly annotations: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: OciArtifactArgs, options?: pulumi.CustomResourceOptions) {
    super(KIND, name, args, READABLE, options);
  }

  /**
   * An artifact that is managed elsewhere, by its id `<login server>/<repository>@<digest>`. It
   * must exist. `state.registry` says how to sign in.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): OciArtifact {
    return new OciArtifact(name, { ...state } as OciArtifactArgs, { ...options, id });
  }
}
