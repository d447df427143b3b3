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
   * The manifest, for example another resource's `digest`: then the copy's digest is known at preview,
   * even if the same `up` publishes the source, and an unchanged copy costs no request.
   */
  digest?: pulumi.Input<string>;
  /**
   * A tag, which every preview and `up` resolves, by one request. If it names something else than last
   * time, the copy is replaced. While it is not there, the digest is not known at preview, and `up` fails.
   * Where the same program moves the tag, add `dependsOn`; a preview sees what the tag names before.
   */
  tag?: pulumi.Input<string>;
  /**
   * The registry that is copied from, and how to sign in there. Default: that of the target, with its
   * sign-in; a sign-in of its own without a `loginServer` is for the target's registry too. Access that
   * is `anonymous` is enough where that is allowed.
   */
  registry?: pulumi.Input<RegistryArgs>;
}

export interface ArtifactCopyArgs extends Omit<PublishedArgs, "annotations" | "subject"> {
  source: pulumi.Input<CopySourceArgs>;
  /**
   * Whether everything that has the content as its subject comes along: signatures, SBOMs, attestations,
   * and what refers to those in turn. Default `true`. What is there when the content is published
   * counts: what is attached to the source later is brought by `pulumi up --replace <urn>`.
   */
  referrers?: pulumi.Input<boolean>;
  /**
   * What a refresh looks at: the `manifest` and its tags (default), by one request; what came along as
   * `included`, too, by one more for each; or all `blobs` of them as well, by one more for each again.
   * What is missing is copied once more by `up`, which needs the source then.
   */
  verify?: pulumi.Input<"manifest" | "included" | "blobs">;
}

/** A manifest that was published together with another one. */
export interface IncludedManifest {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
  artifactType?: string;
  /** Of a referrer: digest of the manifest that it is about. */
  subject?: string;
}

const KIND = "ArtifactCopy";
/** What a program can read. */
const READABLE = [...PUBLISHED_READABLE, "artifactType", "subject", "included"];

/**
 * Copies an artifact, image or index to another repository, byte for byte, so that its digest stays:
 * a promotion from development to production, or from one registry to another. An index comes with
 * its children, and everything with its referrers. Tags and lock are those of the copy.
 *
 * Inside a registry blobs are mounted: none of their bytes travels. Between registries they stream
 * through this machine, checked against their digests, without a temporary file; what the target has
 * is not fetched. A connection to the source that is cut is resumed, an upload that fails is begun
 * again. Layers that may not be redistributed stay where they are, as with ORAS and crane, unless the
 * target insists on them. Tags of cosign that stand for signatures (`sha256-….sig`) are no referrers.
 *
 * Another digest, repository or login server replaces the copy: the new one is published first, tags
 * move to it, and the old one stays unless `onReplace` is `delete`. A source that moved while the digest
 * is the same changes nothing. Tags, lock and policies change in place, without the source.
 *
 * `pulumi refresh` finds what `OciArtifact` finds, and with `verify` what of the content is missing. A copy
 * is gone when nothing of it is left: of one whose manifest alone was deleted, `up` brings it back, and
 * `destroy` removes the rest.
 *
 * Deleting the resource removes its tags, then the manifest, then what came along with it, each only if no
 * other tag, index, referrer or resource uses it; what stays is named. The source is never changed.
 *
 * Fails with `NOT_FOUND` if the source, or a child of an index, is not there; `DIGEST_MISMATCH` or
 * `SIZE_MISMATCH` if the source serves other bytes; `CONFLICT` as `OciArtifact` does.
 *
 * Roles: AcrPull on the source (and for mounting the target's identity needs it there, else blobs are
 * streamed); AcrPush on the target, AcrDelete to remove, `metadata/write` to lock.
 *
 * The id is `<login server>/<repository>@<digest>`. Creating a copy that is there already adopts it.
 */
export class ArtifactCopy extends PublishedResource {
  /** Digest of the copy and of the source. Known at preview, by tag if the tag is there. */
  declare readonly digest: pulumi.Output<string>;
  /** Bytes of the manifest. */
  declare readonly size: pulumi.Output<number>;
  /** Media type of the manifest. */
  declare readonly mediaType: pulumi.Output<string>;
  declare readonly artifactType: pulumi.Output<string | undefined>;
  /** What the manifest refers to, if it is a referrer; that is not copied with it. */
  declare readonly subject: pulumi.Output<
    { mediaType: string; digest: string; size: number } | undefined
  >;
  /** What came along: children of an index and referrers, in the order in which they were published. */
  declare readonly included: pulumi.Output<IncludedManifest[]>;

  constructor(name: string, args: ArtifactCopyArgs, options?: pulumi.CustomResourceOptions) {
    const hidden = { ...args, source: withSecretSource(args.source) };
    super(KIND, name, hidden, READABLE, options);
  }

  /**
   * What is published elsewhere, by its id `<login server>/<repository>@<digest>`. It must exist.
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

/** The source's password is a secret too. */
function withSecretSource(
  source: pulumi.Input<CopySourceArgs> | undefined,
): pulumi.Input<object> | undefined {
  if (source === undefined) return undefined;
  const hide = (args: CopySourceArgs): object => ({
    ...args,
    registry: withSecretPassword(args.registry),
  });
  return pulumi.Output.isInstance(source) || source instanceof Promise
    ? pulumi.output(source as pulumi.Input<object>).apply((args) => hide(args as CopySourceArgs))
    : hide(source as CopySourceArgs);
}
