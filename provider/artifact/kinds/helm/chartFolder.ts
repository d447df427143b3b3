import { join } from "node:path";
import { hasCode } from "../../../errors.js";
import { listEntries } from "../../../tar/listEntries.js";
import type { SourceFile } from "../../../tar/sourceFile.js";
import type { SourceNames } from "../../../tar/sourceFailure.js";
import type { TarFile } from "../../../tar/tarEntry.js";
import { locateSource } from "../../source.js";
import type { ContentContext } from "../contentKind.js";
import { decodeText, readSmallFile } from "../kindSource.js";
import {
  type ChartMetadata,
  chartFailure,
  parseChartMetadata,
  REQUIREMENTS_VERSION,
  withRequirements,
} from "./chartMetadata.js";
import { checkDependencies } from "./chartDependencies.js";
import { HelmIgnore } from "./helmIgnore.js";

export interface ChartFolder {
  readonly metadata: ChartMetadata;
  /** The files of the archive, `Chart.yaml` first. */
  readonly entries: readonly TarFile[];
}

const MIB = 1024 * 1024;

/**
 * Archives a chart's folder as `helm package` does: the files that `.helmignore` does not exclude, below
 * the chart's name, with mode 0644, without entries for folders. Unlike Helm, it does not rewrite
 * `Chart.yaml` and keeps packaged subcharts packaged, which Helm can load as well.
 */
export async function readChartFolder(
  directory: { readonly path: string } & SourceNames,
  context: ContentContext,
): Promise<ChartFolder> {
  const ignore = await readIgnore(directory, context);
  const files = await listFiles(directory, ignore, context.signal);
  const chartFile = files.find(({ name }) => name === "Chart.yaml")?.source;
  if (chartFile === undefined) throw noChart(directory, ignore);
  const requirements = files.find(({ name }) => name === "requirements.yaml")?.source;
  const metadata = await readMetadata(chartFile, requirements);
  await checkDependencies(metadata, files, directory);
  return { metadata, entries: archived(files, metadata.name) };
}

async function readMetadata(
  chartFile: SourceFile,
  requirements: SourceFile | undefined,
): Promise<ChartMetadata> {
  const metadata = parseChartMetadata(await readText(chartFile), chartFile);
  return requirements === undefined || metadata.apiVersion !== REQUIREMENTS_VERSION
    ? metadata
    : withRequirements(metadata, await readText(requirements), requirements);
}

/** Reads `.helmignore` by itself, because it may exclude files that cannot be listed. */
async function readIgnore(directory: SourceNames, context: ContentContext): Promise<HelmIgnore> {
  const { baseDirectory } = context;
  const { shownPath, property = context.property } = directory;
  try {
    const path = join(shownPath, ".helmignore");
    const found = await locateSource(path, { baseDirectory, property });
    if (found.kind === "file") return new HelmIgnore(await readText(found.file), found.file);
  } catch (error) {
    if (!hasCode(error, "SOURCE_NOT_FOUND")) throw error;
  }
  return new HelmIgnore("", directory);
}

function noChart(directory: SourceNames, ignore: HelmIgnore): Error {
  return chartFailure(
    directory,
    ignore.decide("Chart.yaml", false) === "skip"
      ? "its .helmignore leaves out Chart.yaml"
      : "there is no Chart.yaml in it: it is not a Helm chart",
  );
}

/** Lists the files, named by their path in the folder. */
async function listFiles(
  directory: { readonly path: string } & SourceNames,
  selection: HelmIgnore,
  signal: AbortSignal | undefined,
): Promise<TarFile[]> {
  const entries = await listEntries({ ...directory, entryName: "" }, { selection, signal });
  return entries.flatMap((entry) =>
    entry.type === "file" ? [{ ...entry, name: entry.name.slice(1) }] : [],
  );
}

/** Puts `Chart.yaml` first, so that reading the metadata does not require unpacking the rest. */
function archived(files: readonly TarFile[], chart: string): readonly TarFile[] {
  const isChartFile = ({ name }: TarFile): boolean => name === "Chart.yaml";
  const ordered = [...files.filter(isChartFile), ...files.filter((file) => !isChartFile(file))];
  return ordered.map((file) => ({ ...file, name: `${chart}/${file.name}`, mode: 0o644 }));
}

async function readText(file: SourceFile): Promise<string> {
  return decodeText(await readSmallFile(file, MIB), file);
}
