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
 * Publishes a Helm chart, for `helm pull`, `install` and `template` with `oci://…`, and for clients that
 * read charts as Helm does (Flux, Argo CD):
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
 * that the digest depends on the chart alone. The artifact's `annotations` may add it, and override
 * everything but title and version.
 *
 * **Repository and tag.** Helm looks for a chart by name and version: the repository must end in
 * `/<name>`, and `tags`, if given, must contain the version, with `_` for `+`. Default: that tag only.
 * A new version in `Chart.yaml` replaces the artifact; the old version stays published unless
 * `onReplace` says otherwise.
 *
 * **Folders.** Everything that `.helmignore` does not exclude is packed, under the chart's name, with mode
 * 0644 and without times. Symbolic links are refused. Dependencies that `Chart.yaml` names must be in
 * `charts/` (`helm dependency build`).
 *
 * **Checked at preview**, reported with the property's path: `Chart.yaml` exists, is YAML, and has name,
 * apiVersion and a SemVer version; dependencies are there; Helm can find the chart by repository and tags;
 * `annotations` have no other title or version; Helm can read `.helmignore`; only a `.tgz` has a provenance.
 *
 * Source: helm/helm, pkg/registry and pkg/chart/v2; helm.sh/docs/topics/registries.
 */
export function helmChart(args: HelmChartArgs): { content: { helmChart: HelmChartArgs } } {
  return { content: { helmChart: args } };
}
