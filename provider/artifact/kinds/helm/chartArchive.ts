import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { isAcrError, ProtocolError } from "../../../errors.js";
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
/** Helm unpacks no more than this (pkg/chart/loader/archive, `MaxDecompressedChartSize`). */
const CHART_LIMIT = 100 * MIB;
const CHART_FILE_LIMIT = 1 * MIB;

const CHART = "Chart.yaml";
const REQUIREMENTS = "requirements.yaml";

/** A chart's own files are those in the only folder of the archive. */
const CHART_FILE = /^[^/]+\/((?:Chart|requirements)\.yaml)$/;

/** What the `Chart.yaml` in a packaged chart says, and the `requirements.yaml` of an old one. */
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

/** Reads no further than it is asked to. */
async function* chartFiles(
  archive: SourceFile,
): AsyncGenerator<readonly [name: string, bytes: Buffer]> {
  const gunzip = createGunzip();
  const source = Readable.from(readSourceFile(archive, { ownChunks: true }), { objectMode: false });
  // What fails is thrown to whoever reads from the end of the pipe.
  pipeline(source, gunzip, () => undefined);
  try {
    for await (const entry of readEntries(limited(gunzip, CHART_LIMIT))) {
      const name = entry.type === "file" ? CHART_FILE.exec(entry.name)?.[1] : undefined;
      if (name === undefined) continue;
      yield [name, await gathered(limited(entry.content(), CHART_FILE_LIMIT))];
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw noChart(archive, error.message);
    if (isAcrError(error)) throw error;
    throw noChart(archive, "it is not compressed by gzip");
  } finally {
    gunzip.destroy();
  }
}

async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new ProtocolError(`it holds more than ${limit} bytes`);
    yield chunk;
  }
}

/** Copied: a chunk's memory may be used again for the next. */
async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(Uint8Array.from(chunk));
  return Buffer.concat(pieces);
}

function noChart(archive: SourceFile, reason: string): Error {
  return chartFailure(archive, `${reason}: expected what \`helm package\` writes`);
}
