import type * as pulumi from "@pulumi/pulumi";

export interface HelmChartArgs {
  /**
   * A chart's folder, or a packaged chart (`.tgz`), relative to the program's folder. A folder is
   * packed as `helm package` does, but reproducibly; a `.tgz` is published byte for byte.
   */
  path: pulumi.Input<string>;
  /** The provenance file (`.tgz.prov`) that `helm package --sign` wrote for the `.tgz`. */
  provenance?: pulumi.Input<string>;
}

/**
 * A Helm chart, for `helm pull`, `install` and `template` of `oci://…`, and for all that read charts
 * as Helm does (Flux, Argo CD):
 *
 * ```ts
 * new OciArtifact("web-chart", { repository: "charts/web", ...helmChart({ path: "charts/web" }) });
 * ```
 *
 * **Published** is what `helm push` publishes: the metadata of `Chart.yaml` as the config
 * (`application/vnd.cncf.helm.config.v1+json`), the chart as a layer
 * (`application/vnd.cncf.helm.chart.content.v1.tar+gzip`), its signature, if there is one, as another
 * (`application/vnd.cncf.helm.chart.provenance.v1.prov`), and Helm's annotations: title, version,
 * description, URL, source, authors, and those of `Chart.yaml`. The time of the push is left out, so
 * that the digest depends on the chart alone; `annotations` of the artifact may add it, and all else
 * but title and version.
 *
 * **Repository and tag.** Helm looks for a chart by name and version: the repository must end in
 * `/<name>`, and `tags`, if they are given, must hold the version, with `_` for `+`. Left out, they
 * are that one tag. A new version in `Chart.yaml` replaces the artifact; the old version stays
 * published unless `onReplace` says otherwise.
 *
 * **Of a folder** everything is packed that `.helmignore` leaves, under the chart's name, with mode
 * 0644 and no times. Symbolic links are refused. Dependencies that `Chart.yaml` names must be in
 * `charts/` (`helm dependency build`).
 *
 * **At preview** fails, with the property's path: a `Chart.yaml` that is missing, is no YAML, or lacks
 * name, version or apiVersion, a version that is not SemVer, a missing dependency, a repository or
 * tags that Helm would not find the chart by, another title or version in `annotations`, a `.helmignore`
 * that Helm would not read, a provenance for a folder.
 *
 * Source: helm/helm, pkg/registry and pkg/chart/v2; helm.sh/docs/topics/registries.
 */
export function helmChart(args: HelmChartArgs): { content: { helmChart: HelmChartArgs } } {
  return { content: { helmChart: args } };
}
