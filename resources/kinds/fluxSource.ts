import type * as pulumi from "@pulumi/pulumi";

export interface FluxSourceArgs {
  /** A folder of manifests, or one file, relative to the program's folder. */
  path: pulumi.Input<string>;
  /** Where the manifests come from, such as the URL of the Git repository. */
  source: pulumi.Input<string>;
  /** The revision of the source: `<branch>@sha1:<commit>` or `<tag>@sha1:<commit>`. */
  revision: pulumi.Input<string>;
  /**
   * Creation time (RFC 3339). Default: 1970-01-01T00:00:00Z, as `flux push artifact --reproducible`
   * writes, so that the same manifests keep their digest.
   */
  created?: pulumi.Input<string>;
  /**
   * Patterns of files to leave out, as for `exclude` of a directory. They replace Flux's own:
   * `.git/`, `.gitignore`, `.gitmodules`, `.gitattributes`, `*.jpg`, `*.jpeg`, `*.gif`, `*.png`,
   * `*.wmv`, `*.flv`, `*.tar.gz`, `*.zip`.
   */
  ignore?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Publishes a source of Kubernetes manifests, for an `OCIRepository` of Flux and `flux pull artifact`:
 *
 * ```ts
 * new OciArtifact("manifests", {
 *   repository: "manifests/web",
 *   tags: ["production"],
 *   ...fluxSource({ path: "deploy", source: "https://example.com/web.git", revision: "main@sha1:4d2b…" }),
 * });
 * ```
 *
 * **Published** is what `flux push artifact` publishes: one archive
 * (`application/vnd.cncf.flux.content.v1.tar+gzip`) whose root is `.`, without owners and times; the
 * config `application/vnd.cncf.flux.config.v1+json`; the annotations `org.opencontainers.image.source`,
 * `.revision` and `.created`, which Flux shows and verifies. Flux can read it, but `flux` itself may give
 * another digest, since that depends on its version and compressor.
 *
 * A new `revision` makes a new manifest and so replaces the artifact, even if no file has changed. To avoid
 * that, give the last commit that touched the folder.
 *
 * **Checked at preview**, reported with the property's path: the path exists and has no symbolic links, the
 * patterns leave at least one file, `created` is a time.
 *
 * Source: fluxcd/pkg, oci/{build,push,pull,meta}.go, tar/tar.go and sourceignore.
 */
export function fluxSource(args: FluxSourceArgs): { content: { fluxSource: FluxSourceArgs } } {
  return { content: { fluxSource: args } };
}
