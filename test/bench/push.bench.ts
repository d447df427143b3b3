import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DockerRegistry } from "../support/dockerRegistry.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { measure, type Measurement, median } from "./measure.js";
import { writeOciLayout } from "./ociLayout.js";
import { type Push, type PushClient, pushClients } from "./pushClients.js";

const MIB = 1024 * 1024;

export interface PushBenchOptions {
  readonly mebibytes: number;
  /** Number of pushes per client; the medians are reported. */
  readonly rounds: number;
}

export interface PushBenchRow {
  readonly client: string;
  readonly from: PushClient["from"];
  readonly seconds: number;
  /** As a multiple of the fastest other client. */
  readonly ratio: number;
  readonly processorSeconds: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly requests: number | undefined;
  readonly allSeconds: readonly number[];
}

/**
 * Every client publishes the same random file to docker-registry, in turns, so that a busy moment of
 * the machine meets all of them; the registry's storage is cleared before each push.
 */
export async function pushBench(options: PushBenchOptions): Promise<readonly PushBenchRow[]> {
  const folder = new TemporaryFolder();
  const registry = await DockerRegistry.start();
  try {
    const push = await prepare(folder, registry.directUrl, options.mebibytes);
    const clients = pushClients();
    const measured = new Map(clients.map((client) => [client, [] as Measurement[]]));
    for (let round = 0; round < options.rounds; round += 1) {
      for (const [client, measurements] of measured) {
        registry.clear();
        measurements.push(await measure(client.command(push), { home: folder.path }));
      }
    }
    const requests = new Map<PushClient, number>();
    for (const client of clients) {
      requests.set(client, await countRequests(client, push, registry, folder.path));
    }
    return rowsOf(measured, requests);
  } finally {
    await registry.close();
    folder.remove();
  }
}

async function prepare(folder: TemporaryFolder, url: string, mebibytes: number): Promise<Push> {
  const file = join(folder.path, "blob");
  const layout = join(folder.path, "layout");
  const piece = Buffer.alloc(MIB);
  const handle = openSync(file, "w");
  for (let count = 0; count < mebibytes; count += 1) writeSync(handle, randomFillSync(piece));
  closeSync(handle);
  mkdirSync(layout);
  await writeOciLayout(layout, file, "v1");
  return { url, repository: "bench/push", tag: "v1", file, layout };
}

/** Not measured, because the journal's proxy takes time itself. */
async function countRequests(
  client: PushClient,
  push: Push,
  registry: DockerRegistry,
  home: string,
): Promise<number> {
  registry.clear();
  registry.journal.clear();
  await measure(client.command({ ...push, url: registry.url }), { home });
  return registry.journal.entries.length;
}

function rowsOf(
  measured: ReadonlyMap<PushClient, readonly Measurement[]>,
  requests: ReadonlyMap<PushClient, number>,
): readonly PushBenchRow[] {
  const rows = [...measured].flatMap(([client, measurements]) => [
    rowOf(client, measurements, requests.get(client)),
    ...partsOf(client, measurements),
  ]);
  const others = rows.slice(1).filter(({ requests }) => requests !== undefined);
  const fastest = Math.min(...others.map(({ seconds }) => seconds));
  return rows.map((row) => ({ ...row, ratio: row.seconds / fastest }));
}

type Unrated = Omit<PushBenchRow, "ratio">;

function rowOf(
  { name, from }: PushClient,
  measurements: readonly Measurement[],
  requests: number | undefined,
): Unrated {
  return {
    client: name,
    from,
    seconds: median(measurements.map(({ seconds }) => seconds)),
    processorSeconds: medianOf(measurements.map(({ processorSeconds }) => processorSeconds)),
    memoryMiB: medianOf(measurements.map(({ memoryMiB }) => memoryMiB)),
    requests,
    allSeconds: measurements.map(({ seconds }) => seconds),
  };
}

function partsOf({ parts }: PushClient, measurements: readonly Measurement[]): readonly Unrated[] {
  const each = measurements.map(({ output }) => parts?.(output) ?? []);
  return (each[0] ?? []).map(({ name, from }, index) => {
    const allSeconds = each.map((found) => found[index]?.seconds ?? NaN);
    return rowOfPart({ name, from }, allSeconds);
  });
}

function rowOfPart({ name, from }: Pick<PushClient, "name" | "from">, all: number[]): Unrated {
  const unknown = { processorSeconds: undefined, memoryMiB: undefined, requests: undefined };
  return { client: name, from, seconds: median(all), ...unknown, allSeconds: all };
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}
