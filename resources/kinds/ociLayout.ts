import type * as pulumi from "@pulumi/pulumi";

export interface OciLayoutArgs {
  /** The folder with `oci-layout`, `index.json` and `blobs`, relative to the program's folder. */
  path: pulumi.Input<string>;
  /**
   * The manifest to publish: the name that the tool gave it (`org.opencontainers.image.ref.name`, for
   * most tools the tag), or its digest. Optional if the layout has only one that no other manifest refers to.
   */
  reference?: pulumi.Input<string>;
}

/**
 * Publishes an image, an index or an artifact that another tool left in a folder, unchanged:
 *
 * ```ts
 * // docker buildx build --output type=oci,tar=false,dest=out . ; ko build --oci-layout-path=out ;
 * // bazel's oci_image ; oras copy --to-oci-layout … out:v1 ; skopeo copy … oci:out:v1
 * new OciArtifact("web", { repository: "apps/web", tags: ["1.0"], ...ociLayout({ path: "out" }) });
 * ```
 *
 * **Published** is exactly what the layout holds, so the digest is the layout's own on every machine. An index
 * brings all its children along, including buildx's attestations, and everything in the layout that has one
 * of these as its subject. Blobs are read from their files, and only those that the registry lacks are sent.
 * The output `included` names the manifests that came along; they are removed with the artifact, each unless
 * something else uses it. Docker's media types are accepted as well as OCI's.
 *
 * `annotations`, `subject`, `artifactType`, `config` and `layers` cannot be given, since they would change the
 * digest. Only the declared `tags` are set; a name in the layout is not a tag.
 *
 * **Checked at preview**: the folder is a layout of version 1.0.0, and every manifest and blob exists with the
 * size and digest it is named by (reported at `content.ociLayout.path`); `reference` selects exactly one
 * manifest (reported at `content.ociLayout.reference`, with a list of those available). Layers that may not
 * be redistributed may be missing.
 *
 * Source: image-spec, image-layout.md.
 */
export function ociLayout(args: OciLayoutArgs): { content: { ociLayout: OciLayoutArgs } } {
  return { content: { ociLayout: args } };
}
