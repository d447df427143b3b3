import type { SourceNames } from "../../../tar/sourceFailure.js";
import type { TarFile } from "../../../tar/tarEntry.js";
import { decodeText, readSmallFile } from "../kindSource.js";
import { readArchiveMetadata } from "./chartArchive.js";
import { type ChartMetadata, chartFailure, parseChartMetadata } from "./chartMetadata.js";

const CHART_FILE_LIMIT = 1024 * 1024;

/**
 * Checks that every dependency in `Chart.yaml` is in `charts/`, as `helm package` requires, because
 * dependencies are published as part of the chart (helm/helm, pkg/action, `CheckDependencies`).
 */
export async function checkDependencies(
  { dependencies = [] }: ChartMetadata,
  files: readonly TarFile[],
  directory: SourceNames,
): Promise<void> {
  if (dependencies.length === 0) return;
  const present = new Set(await subchartNames(files, directory));
  const missing = dependencies.map(({ name = "" }) => name).filter((name) => !present.has(name));
  if (missing.length === 0) return;
  throw chartFailure(
    directory,
    `${missing.join(", ")} is named in Chart.yaml, but missing in charts/: run \`helm dependency build\` there first`,
  );
}

function subchartNames(files: readonly TarFile[], directory: SourceNames): Promise<string[]> {
  const parts = new Set(files.flatMap(({ name }) => /^charts\/([^/]+)/.exec(name)?.[1] ?? []));
  const charts = [...parts].filter((part) => !part.endsWith(".prov"));
  return Promise.all(charts.map((part) => subchartName(part, files, directory)));
}

async function subchartName(
  part: string,
  files: readonly TarFile[],
  directory: SourceNames,
): Promise<string> {
  const at = (name: string): TarFile | undefined => files.find((file) => file.name === name);
  const archive = at(`charts/${part}`);
  if (archive !== undefined && part.endsWith(".tgz")) {
    return (await readArchiveMetadata(archive.source)).name;
  }
  const chartFile = at(`charts/${part}/Chart.yaml`);
  if (chartFile === undefined) {
    throw chartFailure(
      directory,
      `charts/${part} is not a chart, and Helm loads only charts from there: exclude it in .helmignore`,
    );
  }
  const { source } = chartFile;
  const text = decodeText(await readSmallFile(source, CHART_FILE_LIMIT), source);
  return parseChartMetadata(text, source).name;
}
