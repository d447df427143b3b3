// What look-ups are asked for, `registry` apart. Read by compilers as old as TypeScript 3.8.

/** Names one manifest by all of its reference. */
export interface ReferenceQuery {
  /**
   * `<login server>/<repository>@<digest>` or `<login server>/<repository>:<tag>`, such as an
   * `OciArtifact`'s `reference` or the `id` of an `ArtifactTag`. Stands alone.
   */
  reference: string;
  repository?: never;
  tag?: never;
  digest?: never;
}

/** Names one manifest in a repository, by `tag` or `digest`. */
export interface RepositoryQuery {
  /** For example `charts/web`. */
  repository: string;
  /** Either this or `digest`. */
  tag?: string;
  /** Either this or `tag`. */
  digest?: string;
  reference?: never;
}

/** Names one manifest: by `reference` alone, or by `repository` with `tag` or `digest`. */
export type ManifestQuery = ReferenceQuery | RepositoryQuery;

/** Which tags, and in which order. */
export interface TagsQuery {
  repository: string;
  /**
   * Only tags that this pattern matches as a whole: `1.*`, `v[0-9]*`, `{stable,beta}`. `*` matches any
   * characters, `?` one, `[a-z]` and `[!a-z]` one, `{a,b}` either.
   */
  matching?: string;
  /** Only tags that name this manifest. ACR only. */
  digest?: string;
  /**
   * By the time at which they were last moved: `timedesc` newest first, `timeasc` oldest first. ACR
   * only. Default: by name, in the order of bytes.
   */
  orderBy?: "timedesc" | "timeasc";
  /** At most so many, the first ones. Default: all. */
  limit?: number;
}

/** Which manifests, and in which order. */
export interface ManifestsQuery {
  repository: string;
  /** Only manifests of this media type, for example that of an index. */
  mediaType?: string;
  /** Only manifests whose configuration has this media type. */
  configMediaType?: string;
  /**
   * Only artifacts of this type: `artifactType`, or where a manifest has none the media type of its
   * configuration. The service's list does not have it, so each manifest is read: one request each.
   */
  artifactType?: string;
  /** `true`: only manifests with a tag; `false`: only those without. */
  tagged?: boolean;
  /** By last update: `timedesc` newest first, `timeasc` oldest first. Default: by digest. */
  orderBy?: "timedesc" | "timeasc";
  /** At most so many, the first ones. Default: all. */
  limit?: number;
}

/** Which of a repository's tags is the newest. */
export interface NewestTagQuery {
  repository: string;
  /**
   * `time`: the tag that was last moved (ACR only). `semver`: the highest version (semver.org), of tags
   * such as `1.2.3`, `v1.2.3`, `1.2` (as 1.2.0), `1.3.0-rc.1` and `1.2.3_build.5` (`_` stands for `+`, as
   * Helm writes it); other tags are passed over, numbers alone such as `20240131` too.
   */
  by: "time" | "semver";
  /** Only tags that this pattern matches as a whole, as for `getTags`. */
  matching?: string;
  /** With `semver`: only versions in this range, as npm writes ranges: `^1.2`, `~1.2.3`, `>=1 <3`, `1.x`. */
  range?: string;
  /**
   * With `semver`: whether `1.3.0-rc.1` counts. Default: only if `range` itself names a pre-release of the
   * same version.
   */
  prereleases?: boolean;
}

/** Whose referrers: signatures, SBOMs and whatever else names this manifest as its subject. */
export type ReferrersQuery = ManifestQuery & ReferrersChoice;

/** Which of its referrers. */
export interface ReferrersChoice {
  /** Only referrers of this type, for example `application/vnd.cncf.notary.signature`. */
  artifactType?: string;
}

/** Which file of which artifact. */
export type ArtifactFileQuery = ManifestQuery & FileChoice;

/** Which file of an artifact, and as what. */
export interface FileChoice {
  /**
   * The title of a layer (`CHANGES.md`), or the path of a file in a folder that was published as one
   * layer (`policies/data.json` in the folder `policies`). In layers without a title, such as that of a
   * Helm chart, the path in the archive (`web/Chart.yaml`).
   */
  title: string;
  /** What `content` is: text, which must be UTF-8 (default `utf8`), or any bytes as `base64`. */
  encoding?: "utf8" | "base64";
  /**
   * Bytes that the file may have at most: it becomes a value of the program, and of the state where that
   * uses it. Default 4 MiB; up to 64 MiB. What is larger, pull into a folder (`pulumi-acr/client`).
   */
  maxSize?: number;
}

/** Which repositories of a registry. */
export interface RepositoriesQuery {
  /** Only names that begin so, for example `charts/`. */
  prefix?: string;
  /** Only names that this pattern matches as a whole. `*` stays within one segment, `**` does not. */
  matching?: string;
  /** At most so many, the first ones. Default: all. */
  limit?: number;
}
