import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { isAcrError, ProtocolError } from "../../../errors.js";
import { readEntries } from "../../../tar/readEntries.js";
import { readSourceFile, type SourceFile } from "../../../tar/sourceFile.js";
import { decodeText } from "../kindSource.js";
import { type ChartMetadata, chartFailure, parseChartMetadata } from "./chartMetadata.js";

const MIB = 1024 * 1024;
/** Helm unpacks no more than this (pkg/chart/loader/archive, `MaxDecompressedChartSize`). */
const CHART_LIMIT = 100 * MIB;
const CHART_FILE_LIMIT = 1 * MIB;

/** A chart's `Chart.yaml` is the one in the only folder of the archive. */
const CHART_FILE = /^[^/]+\/Chart\.yaml$/;

/** What the `Chart.yaml` in a packaged chart says. */
export async function readArchiveMetadata(archive: SourceFile): Promise<ChartMetadata> {
  const bytes = await findChartFile(archive);
  if (bytes === undefined) throw noChart(archive, "there is no Chart.yaml in it");
  const names = { ...archive, shownPath: `Chart.yaml in ${archive.shownPath}` };
  return parseChartMetadata(decodeText(bytes, names), names);
}

async function findChartFile(archive: SourceFile): Promise<Buffer | undefined> {
  const gunzip = createGunzip();
  const source = Readable.from(readSourceFile(archive, { ownChunks: true }), { objectMode: false });
  // What fails is thrown to whoever reads from the end of the pipe.
  pipeline(source, gunzip, () => undefined);
  try {
    for await (const entry of readEntries(limited(gunzip, CHART_LIMIT))) {
      if (entry.type !== "file" || !CHART_FILE.test(entry.name)) continue;
      return await gathered(limited(entry.content(), CHART_FILE_LIMIT));
    }
    return undefined;
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
