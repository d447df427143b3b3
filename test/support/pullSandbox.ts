import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import {
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  manifestFrom,
  memoryBlob,
  OCI_MANIFEST,
  type Descriptor,
  type RegistryClient,
} from "pulumi-acr/client";
import { TemporaryFolder } from "./temporaryFolder.js";

const TITLE = "org.opencontainers.image.title";

/** A layer of an artifact as anybody could publish it. */
export interface HostileLayer {
  readonly title?: string;
  readonly bytes: Uint8Array | string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Changes the descriptor after the blob was pushed. */
  readonly descriptor?: Partial<Descriptor>;
}

/** A layer that asks to be unpacked under its title. */
export function directoryLayer(
  title: string,
  bytes: Uint8Array,
  annotations: Readonly<Record<string, string>> = {},
): HostileLayer {
  return { title, bytes, annotations: { "io.deis.oras.content.unpack": "true", ...annotations } };
}

/** Publishes it without our checks; returns the digest. */
export async function publish(
  client: RegistryClient,
  repository: string,
  layers: readonly HostileLayer[],
  tag?: string,
): Promise<string> {
  const { blobs, manifests } = client.repository(repository);
  const descriptors: Descriptor[] = [];
  for (const { title, bytes, annotations, descriptor } of layers) {
    const blob = memoryBlob(Buffer.from(bytes), { mediaType: "application/vnd.example.layer" });
    await blobs.push(blob);
    const named = { ...annotations, ...(title === undefined ? {} : { [TITLE]: title }) };
    descriptors.push({ ...blob.descriptor, annotations: named, ...descriptor });
  }
  await blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
  const mediaType = OCI_MANIFEST;
  const config = EMPTY_DESCRIPTOR;
  const pushed = manifestFrom({ schemaVersion: 2, mediaType, config, layers: descriptors });
  await manifests.push(pushed, tag === undefined ? {} : { tag });
  return pushed.descriptor.digest;
}

/** A folder to pull to, with neighbours that must not change. */
export class PullSandbox {
  readonly #root = new TemporaryFolder();
  readonly target = join(this.#root.path, "target");

  constructor() {
    this.#root.write({ "neighbour.txt": "mine", "outside/kept.txt": "kept" });
    mkdirSync(this.target);
  }

  /** The folder that contains the target. */
  get root(): string {
    return this.#root.path;
  }

  write(files: Readonly<Record<string, string>>): void {
    this.#root.write(files);
  }

  /** Everything below the target's parent: `path type mode content`. */
  listing(): string[] {
    return listingOf(this.#root.path);
  }

  remove(): void {
    this.#root.remove();
  }
}

/** All entries of a folder with type, permissions and content. */
export function listingOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => `${name} ${described(join(folder, name))}`);
}

function described(path: string): string {
  const stats = lstatSync(path);
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  if (stats.isDirectory()) return `folder ${mode}`;
  return `${mode} ${readFileSync(path).toString("base64")}`;
}
