import * as pulumi from "@pulumi/pulumi";
import type { PublishedArgs } from "./publishedArgs.js";
import { PUBLISHED_READABLE, PublishedResource } from "./publishedResource.js";
import type { RegistryArgs } from "./registryArgs.js";
import { withSecretPassword } from "./registryArgs.js";

/** What is copied. Give either `digest` or `tag`. */
export interface CopySourceArgs {
  /** For example `dev/web`. */
  repository: pulumi.Input<string>;
  /**
   * The manifest's digest, for example another resource's `digest`. The copy's digest is then known at
   * preview, even if the same `up` publishes the source, and an unchanged copy sends no request.
   */
  digest?: pulumi.Input<string>;
  /**
   * A tag, which every preview and `up` resolves with one request. If it names another manifest than
   * last time, the copy is replaced. While the tag does not exist, the digest is unknown at preview, and
   * `up` fails. If the same program moves the tag, add `dependsOn`; the preview still shows the manifest
   * that the tag names before the move.
   */
  tag?: pulumi.Input<string>;
  /**
   * The registry to copy from, and how to sign in there. Default: the target's registry and sign-in.
   * Without a `loginServer`, the sign-in given here is for the target's registry. `anonymous` is enough
   * if the source allows it.
   */
  registry?: pulumi.Input<RegistryArgs>;
}

export interface ArtifactCopyArgs extends Omit<PublishedArgs, "annotations" | "subject"> {
  /** What to copy: a resource that publishes it, or repository and digest or tag. */
  source: pulumi.Input<CopySourceArgs>;
  /**
   * Whether to copy everything that has the content as its subject: signatures, SBOMs, attestations,
   * and what refers to those in turn. Default `true`. What is attached to the source after the copy was
   * made is not copied by itself; `pulumi up --replace <urn>` brings it.
   */
  referrers?: pulumi.Input<boolean>;
  /**
   * What a refresh checks. `manifest` (default): the manifest and its tags, one request. `included`: also
   * the manifests that came along, one more request each, and that referrers among them are listed, two
   * more for each manifest that has some. `blobs`: also all their blobs, one more request each. `up` copies
   * again what is missing, which needs the source, and lists what is not listed.
   */
  verify?: pulumi.Input<"manifest" | "included" | "blobs">;
}

/** A manifest that is published together with another one: a child of an index, or a referrer. */
export interface IncludedManifest {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
  artifactType?: string;
  /** If it is a referrer: the digest of its subject. */
  subject?: string;
}

const KIND = "ArtifactCopy";
/** Outputs of the class. */
const READABLE = [...PUBLISHED_READABLE, "artifactType", "subject", "included"];

/**
 * Copies an artifact, image or index to another repository, byte for byte, so that it keeps its digest:
 * a promotion from development to production, or a mirror of another registry. An index is copied with
 * its children, and everything with its referrers. Tags and lock apply to the copy.
 *
 * Within a registry blobs are mounted, so no content is transferred. Between registries blobs stream
 * through this machine, verified against their digests, without a temporary file; blobs that the target
 * has are not fetched. A broken download from the source resumes, and a failed upload starts again.
 * Layers that may not be redistributed are not copied, as with ORAS and crane, unless the target insists
 * on them. cosign's signature tags (`sha256-….sig`) are not referrers, and are not copied.
 *
 * A change of digest, repository or login server replaces the copy: the new one is published first, tags
 * move to it, and the old one stays unless `onReplace` is `delete`. A new source with the same digest
 * changes nothing. Tags, lock and policies change in place, without access to the source.
 *
 * `pulumi refresh` finds what it finds for an `OciArtifact`, and with `verify` also missing content. The
 * copy counts as gone when nothing of it is left. If only its manifest was deleted, `up` brings it back,
 * and `destroy` removes the rest.
 *
 * Deleting the resource removes its tags, then the manifest, then what came along with it, each only if no
 * other tag, index, referrer or resource uses it; what stays is named. The source is never changed.
 *
 * Errors: `NOT_FOUND` if the source or a child of an index does not exist; `DIGEST_MISMATCH` or
 * `SIZE_MISMATCH` if the source serves other bytes; `CONFLICT` as for `OciArtifact`.
 *
 * Roles: AcrPull on the source (to mount blobs, the target's identity needs it too; otherwise they are
 * streamed); AcrPush on the target, AcrDelete to remove, `metadata/write` to lock.
 *
 * The id is `<login server>/<repository>@<digest>`. Creating a copy that already exists adopts it.
 */
export class ArtifactCopy extends PublishedResource {
  /** Digest of the copy and of the source. Known at preview, for a source by tag if the tag exists. */
  declare readonly digest: pulumi.Output<string>;
  /** Bytes of the manifest. */
  declare readonly size: pulumi.Output<number>;
  /** Media type of the manifest. */
  declare readonly mediaType: pulumi.Output<string>;
  declare readonly artifactType: pulumi.Output<string | undefined>;
  /** The manifest's subject, if it is a referrer. The subject itself is not copied. */
  declare readonly subject: pulumi.Output<
    { mediaType: string; digest: string; size: number } | undefined
  >;
  /** The children and referrers that came along, in the order in which they were published. */
  declare readonly included: pulumi.Output<IncludedManifest[]>;

  constructor(name: string, args: ArtifactCopyArgs, options?: pulumi.CustomResourceOptions) {
    const hidden = { ...args, source: withSecretSource(args.source) };
    super(KIND, name, hidden, READABLE, options);
  }

  /**
   * A copy that is managed elsewhere, by its id `<login server>/<repository>@<digest>`. It must exist.
   * `state.registry` says how to sign in.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: { registry?: pulumi.Input<RegistryArgs> },
    options?: pulumi.CustomResourceOptions,
  ): ArtifactCopy {
    return new ArtifactCopy(name, { ...state } as ArtifactCopyArgs, { ...options, id });
  }
}

/**
 * The source has a password of its own, which must be secret too. A resource has all properties of a source and so has
 * its type, but the engine would pass its id only.
 */
function withSecretSource(source: unknown): pulumi.Input<unknown> {
  if (pulumi.Resource.isInstance(source)) {
    const { repository, digest, tag, registry } = source as pulumi.Resource & CopySourceArgs;
    const named = digest === undefined ? { tag } : { digest };
    return { repository, ...named, registry: withSecretPassword(registry) };
  }
  return pulumi.Output.isInstance(source) || source instanceof Promise
    ? pulumi.output(source).apply(hidePasswordOf)
    : hidePasswordOf(source);
}

/** An Output may hold nothing, and JavaScript may give anything: `check` tells what is wrong. */
function hidePasswordOf(source: unknown): unknown {
  if (typeof source !== "object" || source === null || Array.isArray(source)) return source;
  return { ...source, registry: withSecretPassword((source as CopySourceArgs).registry) };
}
