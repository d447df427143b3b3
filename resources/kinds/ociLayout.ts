import type * as pulumi from "@pulumi/pulumi";

export interface OciLayoutArgs {
  /** The folder with `oci-layout`, `index.json` and `blobs`, relative to the program's folder. */
  path: pulumi.Input<string>;
  /**
   * Which manifest of the layout: the name that the tool gave it (`org.opencontainers.image.ref.name`, for
   * most tools the tag), or its digest. May be left out where there is one that no other one leads to.
   */
  reference?: pulumi.Input<string>;
}

/**
 * An image, an index or an artifact that another tool left in a folder, published as it is:
 *
 * ```ts
 * // docker buildx build --output type=oci,tar=false,dest=out . ; ko build --oci-layout-path=out ;
 * // bazel's oci_image ; oras copy --to-oci-layout … out:v1 ; skopeo copy … oci:out:v1
 * new OciArtifact("web", { repository: "apps/web", tags: ["1.0"], ...ociLayout({ path: "out" }) });
 * ```
 *
 * **Published** is exactly what the layout holds: the digest is the layout's own, on every machine. Of an
 * index all children come along, attestations of buildx included, and so does everything that the
 * layout lists with one of them as its subject. Blobs are read from their files; what the registry has
 * is not sent. The output `included` names the manifests that came along; they are removed with the
 * artifact, each unless something else uses it. Media types of Docker are as good as those of OCI.
 *
 * `annotations`, `subject`, `artifactType`, `config` and `layers` cannot be given: they would be another
 * artifact. Tags are only those that are declared: a name in the layout is no tag.
 *
 * **At preview** fails, at `content.ociLayout.path`, a folder that is no layout of version 1.0.0, and a blob
 * or manifest that is missing, has another size or another digest than what names it says; and at
 * `content.ociLayout.reference` one that does not choose exactly one manifest, with a list of what there is.
 * Layers that may not be redistributed may be missing.
 *
 * Source: image-spec, image-layout.md.
 */
export function ociLayout(args: OciLayoutArgs): { content: { ociLayout: OciLayoutArgs } } {
  return { content: { ociLayout: args } };
}
