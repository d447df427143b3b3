import type * as pulumi from "@pulumi/pulumi";
import type { IncludedManifest } from "./artifactCopy.js";
import { withSubject } from "./descriptorArgs.js";
import type { ArtifactContentArgs } from "./kinds/content.js";
import type { PublishedArgs } from "./publishedArgs.js";
import { PUBLISHED_READABLE, PublishedResource } from "./publishedResource.js";
import type { RegistryArgs } from "./registryArgs.js";

interface LayerOptions {
  /**
   * Default: `application/vnd.oci.image.layer.v1.tar+gzip` if it is compressed, as a directory is, else
   * `application/vnd.oci.image.layer.v1.tar`, which ORAS uses for any file.
   */
  mediaType?: pulumi.Input<string>;
  /**
   * Name under which `oras pull` restores the layer (`org.opencontainers.image.title`). Default: the
   * last part of the path, with `.gz` for a file that is compressed here and `.tar` for a folder that is
   * not; none for inline content. Must be relative and stay inside.
   */
  title?: pulumi.Input<string>;
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Default: `gzip` for a directory, `none` for everything else. */
  compression?: pulumi.Input<"gzip" | "none">;
}

/** One file, sent as it is. */
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
  /** Patterns of files to take, for example `**\/*.yaml`. Default: all. */
  include?: pulumi.Input<pulumi.Input<string>[]>;
  /** Patterns of files and folders to leave out; they win over `include`. */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  file?: never;
  content?: never;
  source?: never;
}

/** Text written in the program; stands in state, so keep it short. */
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

/** One layer: exactly one of `file`, `directory`, `content` and `source` says what is in it. */
export type LayerArgs = FileLayerArgs | DirectoryLayerArgs | ContentLayerArgs | SourceLayerArgs;

/** The configuration blob of the manifest. Give either `content` or `file`. */
export interface ConfigArgs {
  mediaType: pulumi.Input<string>;
  content?: pulumi.Input<string>;
  file?: pulumi.Input<string>;
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface OciArtifactArgs extends PublishedArgs {
  /** What the artifact is, as a media type. Required unless `config` or `content` gives a type. */
  artifactType?: pulumi.Input<string>;
  /** The content. Default: none, which publishes one empty layer as ORAS does. */
  layers?: pulumi.Input<pulumi.Input<LayerArgs>[]>;
  /** Default: the empty JSON descriptor of the image specification. */
  config?: pulumi.Input<ConfigArgs>;
  /**
   * Content of a known kind, in the place of `artifactType`, `layers` and `config`: what the function
   * of that kind returns, such as `helmChart`. Its annotations go under `annotations`.
   */
  content?: pulumi.Input<ArtifactContentArgs>;
  /**
   * What a refresh looks at: `manifest` and its tags (default), by one request; `included`, what an
   * `ociLayout` brings along, too, by one more for each; or `blobs`, each of which costs one more.
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
  /** Of a directory: the digest of its plain tar, and the compressor that made `digest` of it. */
  tarDigest?: string;
  compressor?: string;
}

const KIND = "OciArtifact";

/** What a program can read. All outputs but `tagDigests` and `drift` are known at preview. */
const READABLE = [
  ...PUBLISHED_READABLE,
  "artifactType",
  "annotations",
  "configDescriptor",
  "layerDescriptors",
  "included",
];

/**
 * Publishes files, folders and texts as one OCI artifact, with its tags and locks.
 *
 * The digest is computed at preview from the files alone, without a request; `up` publishes exactly
 * that. Blobs that the registry has are not sent. A change of content, repository or login server
 * replaces the artifact: the new one is published first, tags move to it, and the old one stays
 * unless `onReplace` is `delete`. Tags, lock and policies change in place.
 *
 * `pulumi refresh` finds tags that were moved or deleted, locks that were changed, and with `verify`
 * missing content; each is named in `drift` and in the resource's row, and `up` repairs it.
 *
 * Works on any OCI registry; `lock`, and removing a tag without its manifest, exist on ACR only
 * (error code `UNSUPPORTED`).
 *
 * Roles: AcrPush to publish; AcrDelete to remove; to lock, `metadata/write` (AcrPush; Container Registry
 * Repository Writer on a registry with repository permissions).
 *
 * The id is `<login server>/<repository>@<digest>`. `import` cannot work for dynamic resources;
 * creating an artifact that is there already adopts it.
 */
export class OciArtifact extends PublishedResource {
  /** Digest of the manifest. Known at preview. */
  declare readonly digest: pulumi.Output<string>;
  /** Bytes of the manifest. Known at preview. */
  declare readonly size: pulumi.Output<number>;
  /** Media type of the manifest. Known at preview. */
  declare readonly mediaType: pulumi.Output<string>;
  /** Type, digest and size of the configuration blob. Known at preview. */
  declare readonly configDescriptor: pulumi.Output<{
    mediaType: string;
    digest: string;
    size: number;
  }>;
  /** The layers as published. Known at preview. */
  declare readonly layerDescriptors: pulumi.Output<LayerDescriptor[]>;
  /** What is published with an `ociLayout`: children of an index, and referrers. Known at preview. */
  declare readonly included: pulumi.Output<IncludedManifest[] | undefined>;
  declare readonly artifactType: pulumi.Output<string | undefined>;
  /** All of the manifest's: those of `content` too. */
  declare readonly annotations: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: OciArtifactArgs, options?: pulumi.CustomResourceOptions) {
    const given = withSubject(args);
    super(KIND, name, given, READABLE, options);
  }

  /**
   * An artifact that is published elsewhere, by its id `<login server>/<repository>@<digest>`. It
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
