// Arguments of the look-ups, except `registry`. Must be readable by TypeScript 3.8.

/** Names one manifest by its full reference. */
export interface ReferenceQuery {
  /**
   * `<login server>/<repository>@<digest>` or `<login server>/<repository>:<tag>`, for example the
   * `reference` of an `OciArtifact` or the `id` of an `ArtifactTag`. Excludes `repository`, `tag`, `digest`.
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
  /** Give either this or `digest`. */
  tag?: string;
  /** Give either this or `tag`. */
  digest?: string;
  reference?: never;
}

/** Names one manifest: by `reference` alone, or by `repository` with `tag` or `digest`. */
export type ManifestQuery = ReferenceQuery | RepositoryQuery;

/** Which tags, and in which order. */
export interface TagsQuery {
  repository: string;
  /**
   * Only tags that match this pattern completely: `1.*`, `v[0-9]*`, `{stable,beta}`. `*` matches any
   * characters, `?` one character, `[a-z]` one in the range, `[!a-z]` one outside it, `{a,b}` either.
   */
  matching?: string;
  /** Only tags that name this manifest. ACR only. */
  digest?: string;
  /**
   * Order by the time of the last move: `timedesc` newest first, `timeasc` oldest first. ACR only.
   * Default: by name, in byte order.
   */
  orderBy?: "timedesc" | "timeasc";
  /** Most items to return: the first ones. Default: all. */
  limit?: number;
}

/** Which manifests, and in which order. */
export interface ManifestsQuery {
  repository: string;
  /** Only manifests of this media type, for example that of an index. */
  mediaType?: string;
  /** Only manifests whose config has this media type. */
  configMediaType?: string;
  /**
   * Only artifacts of this type: a manifest's `artifactType`, or without one the media type of its config.
   * ACR's listing does not contain it, so each manifest is read, with one request each.
   */
  artifactType?: string;
  /** `true`: only manifests with a tag; `false`: only those without. */
  tagged?: boolean;
  /** Order by last update: `timedesc` newest first, `timeasc` oldest first. Default: by digest. */
  orderBy?: "timedesc" | "timeasc";
  /** Most items to return: the first ones. Default: all. */
  limit?: number;
}

/** Which of a repository's tags is the newest. */
export interface NewestTagQuery {
  repository: string;
  /**
   * `time`: the tag that was moved last (ACR only). `semver`: the highest version (semver.org). Versions are
   * tags such as `1.2.3`, `v1.2.3`, `1.2` (meaning 1.2.0), `1.3.0-rc.1` and `1.2.3_build.5` (`_` stands for
   * `+`, as Helm writes it). Other tags, and bare numbers such as `20240131`, are ignored.
   */
  by: "time" | "semver";
  /** Only tags that match this pattern completely, as for `getTags`. */
  matching?: string;
  /** With `semver`: only versions in this npm range, for example `^1.2`, `~1.2.3`, `>=1 <3`, `1.x`. */
  range?: string;
  /**
   * With `semver`: whether pre-releases such as `1.3.0-rc.1` count. Default: only if `range` names a
   * pre-release of the same version.
   */
  prereleases?: boolean;
}

/** The manifest whose referrers to list, and which of them. */
export type ReferrersQuery = ManifestQuery & ReferrersChoice;

/** Which referrers to list. */
export interface ReferrersChoice {
  /** Only referrers of this type, for example `application/vnd.cncf.notary.signature`. */
  artifactType?: string;
}

/** The artifact, and which of its files to read. */
export type ArtifactFileQuery = ManifestQuery & FileChoice;

/** Which file of an artifact to read, and in which form. */
export interface FileChoice {
  /**
   * The title of a layer (`CHANGES.md`), or the path of a file in a folder that was published as one
   * layer (`policies/data.json` in the folder `policies`). For layers without a title, such as that of a
   * Helm chart, the path in the archive (`web/Chart.yaml`).
   */
  title: string;
  /** Form of `content`: `utf8` (default), which the file must be, or `base64` for any bytes. */
  encoding?: "utf8" | "base64";
  /**
   * Most bytes that the file may have, up to 64 MiB. Default: 4 MiB, since the content becomes a value of the
   * program, and part of the state if that uses it. Pull larger files into a folder (`pulumi-acr/client`).
   */
  maxSize?: number;
}

/** Which repositories of a registry. */
export interface RepositoriesQuery {
  /** Only names that begin with this, for example `charts/`. */
  prefix?: string;
  /** Only names that match this pattern completely. `*` stays within one path segment, `**` does not. */
  matching?: string;
  /** Most items to return: the first ones. Default: all. */
  limit?: number;
}
