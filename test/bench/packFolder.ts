import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { PackedArtifact } from "../../provider/artifact/assembleArtifact.js";
import { packArtifact } from "../../provider/artifact/packArtifact.js";
import type { KnownLayer } from "../../provider/artifact/packBytes.js";

/** What {@link main} prints. */
export interface PackedFolder {
  readonly packSeconds: number;
  /** From there to the compressed layer in a file: what `create` adds, without the network. Not of an unchanged folder. */
  readonly sendSeconds?: number | undefined;
  readonly layers: readonly KnownLayer[];
}

/**
 * Packs the folder `tree`, in a process of its own: `packFolder.js <where it is> [<its layers, as JSON, from the state>]`.
 * Without them the compressed layer is written into the file `layer` beside it, too.
 */
async function main([folder = "", layers]: readonly string[]): Promise<void> {
  const known = layers === undefined ? undefined : (JSON.parse(layers) as readonly KnownLayer[]);
  const [packSeconds, packed] = await timed(() => pack(folder, known));
  const sent = known === undefined ? await timed(() => send(packed, join(folder, "layer"))) : [];
  print({ packSeconds, sendSeconds: sent[0], layers: packed.layerDescriptors });
}

async function pack(
  baseDirectory: string,
  known: readonly KnownLayer[] | undefined,
): Promise<PackedArtifact> {
  const layers = [{ directory: "tree" }];
  return await packArtifact({ artifactType: "application/x", layers }, { baseDirectory, known });
}

async function send(packed: PackedArtifact, path: string): Promise<void> {
  const layer = packed.blobs[1];
  if (layer !== undefined) await pipeline(await layer.open(), createWriteStream(path));
}

async function timed<T>(task: () => Promise<T>): Promise<[number, T]> {
  const started = performance.now();
  const outcome = await task();
  return [(performance.now() - started) / 1000, outcome];
}

function print(packed: PackedFolder): void {
  process.stdout.write(`${JSON.stringify(packed)}\n`);
}

void main(process.argv.slice(2));
