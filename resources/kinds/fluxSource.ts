import type * as pulumi from "@pulumi/pulumi";

export interface FluxSourceArgs {
  /** A folder of manifests, or one file, relative to the program's folder. */
  path: pulumi.Input<string>;
  /** Where the manifests come from, such as the URL of the Git repository. */
  source: pulumi.Input<string>;
  /** Which state of it: `<branch>@sha1:<commit>` or `<tag>@sha1:<commit>`. */
  revision: pulumi.Input<string>;
  /**
   * When it was made (RFC 3339). Default: 1970-01-01T00:00:00Z, as `flux push artifact --reproducible`
   * writes, so that the same manifests keep their digest.
   */
  created?: pulumi.Input<string>;
  /**
   * Patterns of what to leave out, as `exclude` of a directory has them. They stand in place of Flux's
   * own: `.git/`, `.gitignore`, `.gitmodules`, `.gitattributes`, `*.jpg`, `*.jpeg`, `*.gif`, `*.png`,
   * `*.wmv`, `*.flv`, `*.tar.gz`, `*.zip`.
   */
  ignore?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * A source of Kubernetes manifests, for an `OCIRepository` of Flux and `flux pull artifact`:
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
 * `.revision` and `.created`, which Flux shows and verifies. Flux can read it; that `flux` itself would
 * give the same digest is not promised, for its own digests depend on its version and compressor.
 *
 * A new `revision` is a new manifest, and so a replacement, even where no file has changed: leave it to
 * the last commit that touched the folder if that is not wanted.
 *
 * **At preview** fails, with the property's path: a path that is missing, symbolic links, patterns that
 * leave nothing, a `created` that is no time.
 *
 * Source: fluxcd/pkg, oci/{build,push,pull,meta}.go, tar/tar.go and sourceignore.
 */
export function fluxSource(args: FluxSourceArgs): { content: { fluxSource: FluxSourceArgs } } {
  return { content: { fluxSource: args } };
}
