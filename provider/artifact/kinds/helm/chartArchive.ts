import { ProtocolError } from "../../../errors.js";
import { bounded, gunzipped } from "../../../tar/gunzipped.js";
import { readEntries } from "../../../tar/readEntries.js";
import { readSourceFile, type SourceFile } from "../../../tar/sourceFile.js";
import type { SourceNames } from "../../../tar/sourceFailure.js";
import { decodeText } from "../kindSource.js";
import {
  type ChartMetadata,
  chartFailure,
  parseChartMetadata,
  REQUIREMENTS_VERSION,
  withRequirements,
} from "./chartMetadata.js";

const MIB = 1024 * 1024;
/** The largest chart that Helm unpacks (pkg/chart/loader/archive, `MaxDecompressedChartSize`). */
const CHART_LIMIT = 100 * MIB;
const CHART_FILE_LIMIT = 1 * MIB;

const CHART = "Chart.yaml";
const REQUIREMENTS = "requirements.yaml";

/**
 * The chart's own files, as opposed to those of subcharts, are directly in the top folder of the archive.
 */
const CHART_FILE = /^[^/]+\/((?:Chart|requirements)\.yaml)$/;

/** Reads the `Chart.yaml` of a packaged chart, and the `requirements.yaml` of an old one. */
export async function readArchiveMetadata(archive: SourceFile): Promise<ChartMetadata> {
  const texts = new Map<string, string>();
  for await (const [name, bytes] of chartFiles(archive)) {
    texts.set(name, decodeText(bytes, namesOf(name, archive)));
    const metadata = metadataIn(texts, archive);
    if (metadata !== undefined && metadata.apiVersion !== REQUIREMENTS_VERSION) return metadata;
  }
  const metadata = metadataIn(texts, archive);
  if (metadata === undefined) throw noChart(archive, "there is no Chart.yaml in it");
  const requirements = texts.get(REQUIREMENTS);
  return requirements === undefined
    ? metadata
    : withRequirements(metadata, requirements, namesOf(REQUIREMENTS, archive));
}

function metadataIn(
  texts: ReadonlyMap<string, string>,
  archive: SourceFile,
): ChartMetadata | undefined {
  const text = texts.get(CHART);
  return text === undefined ? undefined : parseChartMetadata(text, namesOf(CHART, archive));
}

function namesOf(name: string, { property, shownPath }: SourceFile): SourceNames {
  return { property, shownPath: `${name} in ${shownPath}` };
}

/** Yields the chart's own metadata files, reading the archive only as far as needed. */
async function* chartFiles(
  archive: SourceFile,
): AsyncGenerator<readonly [name: string, bytes: Buffer]> {
  const source = readSourceFile(archive, { ownChunks: true });
  try {
    for await (const entry of readEntries(gunzipped(source, { limit: CHART_LIMIT }))) {
      const name = entry.type === "file" ? CHART_FILE.exec(entry.name)?.[1] : undefined;
      if (name === undefined) continue;
      yield [name, await gathered(bounded(entry.content(), CHART_FILE_LIMIT))];
    }
  } catch (error) {
    throw error instanceof ProtocolError ? noChart(archive, error.message) : error;
  }
}

/** Copies the chunks, since their memory may be reused. */
async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(Uint8Array.from(chunk));
  return Buffer.concat(pieces);
}

function noChart(archive: SourceFile, reason: string): Error {
  return chartFailure(archive, `${reason}: expected what \`helm package\` writes`);
}
