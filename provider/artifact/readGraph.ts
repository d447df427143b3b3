import { eachOf } from "../concurrency/eachOf.js";
import { IntegrityError, ProtocolError, RegistryError } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { Digest } from "../oci/digest.js";
import { type EncodedManifest, type ParsedManifest, parseManifest } from "../oci/manifest.js";
import {
  MANIFEST_TYPES,
  OCI_ARTIFACT_MANIFEST,
  ORAS_ARTIFACT_MANIFEST,
} from "../oci/mediaTypes.js";
import type { OperationOptions } from "../registry/repository.js";

/** Where manifests are read from: a repository, or a folder. */
export interface GraphSource {
  /** Full name of a manifest, for messages. */
  nameOf(digest: string): string;
  /** The bytes with a verified digest; `undefined` if it does not exist. */
  fetch(
    manifest: Pick<Descriptor, "digest"> & Partial<Descriptor>,
    options: OperationOptions,
  ): Promise<EncodedManifest | undefined>;
  /** The referrers of a manifest; absent if they are not wanted. */
  referrers?(digest: Digest, options: OperationOptions): AsyncIterable<Descriptor>;
}

/** One manifest of a graph, with its relations. */
export interface GraphManifest {
  readonly manifest: EncodedManifest;
  readonly parsed: ParsedManifest;
  /** The manifests that an index names. */
  readonly children: readonly Digest[];
  readonly blobs: readonly Descriptor[];
}

export interface Graph {
  readonly root: GraphManifest;
  /** All other manifests, each once. */
  readonly others: readonly GraphManifest[];
}

/** An index of 4 MiB names about 16,000 manifests; no useful graph is larger than this. */
const MOST_MANIFESTS = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Image, index, index of indexes and a signature of a signature need four steps. */
const MOST_STEPS = 16;
const CONCURRENT_READS = 8;

const KNOWN_TYPES = [...MANIFEST_TYPES, OCI_ARTIFACT_MANIFEST, ORAS_ARTIFACT_MANIFEST];

/**
 * Reads a manifest, the children of indexes and all referrers, step by step. A listed referrer that does
 * not exist, or has another subject, is left out: the tag schema leaves such entries behind. A missing
 * child is an error, because the index could not be published.
 */
export async function readGraph(
  source: GraphSource,
  root: { readonly digest: Digest },
  options: OperationOptions,
): Promise<Graph> {
  const reader = new GraphReader(source);
  await reader.read({ descriptor: root }, options);
  const [first, ...others] = await reader.rest(options);
  if (first === undefined) throw notThere(source.nameOf(root.digest), "");
  return { root: first, others };
}

/** A manifest to read, and what led to it. */
interface Lead {
  readonly descriptor: Pick<Descriptor, "digest"> & Partial<Descriptor>;
  readonly childOf?: Digest;
  readonly referrerOf?: Digest;
}

class GraphReader {
  readonly #source: GraphSource;
  readonly #found = new Map<Digest, GraphManifest>();
  /** Children that are blobs instead of manifests, by the index that names them. */
  readonly #blobs = new Map<Digest, Descriptor[]>();
  readonly #seen = new Set<Digest>();
  /** All children, with what names them. They must exist, even if they are also listed as referrers. */
  readonly #children = new Map<Digest, Lead>();
  #next: Lead[] = [];
  #bytes = 0;

  constructor(source: GraphSource) {
    this.#source = source;
  }

  /** Reads everything else, step by step. */
  async rest(options: OperationOptions): Promise<readonly GraphManifest[]> {
    for (let step = 1; this.#next.length > 0; step += 1) {
      if (step > MOST_STEPS) throw this.#tooLarge(`is nested deeper than ${MOST_STEPS} steps`);
      const leads = this.#next;
      this.#next = [];
      await eachOf(
        leads,
        { concurrency: CONCURRENT_READS, signal: options.signal },
        (lead, signal) => this.read(lead, { signal }),
      );
    }
    return [...this.#found.values()].map((one) => ({
      ...one,
      blobs: [...one.blobs, ...(this.#blobs.get(one.manifest.descriptor.digest) ?? [])],
    }));
  }

  async read(lead: Lead, options: OperationOptions): Promise<void> {
    const { descriptor, referrerOf } = lead;
    this.#seen.add(descriptor.digest);
    const manifest = await this.#source.fetch(descriptor, options);
    if (manifest === undefined) {
      this.#missing(lead);
      return;
    }
    checkSize(this.#source.nameOf(descriptor.digest), descriptor.size, manifest.bytes.length);
    this.#bytes += manifest.bytes.length;
    if (this.#bytes > MOST_BYTES) throw this.#tooLarge(`has more than ${MOST_BYTES} bytes`);
    const one = this.#graphManifest(manifest);
    if (referrerOf !== undefined && one.parsed.subject?.digest !== referrerOf) {
      this.#leaveOut(descriptor.digest);
      return;
    }
    this.#found.set(descriptor.digest, one);
    const { digest } = manifest.descriptor;
    for (const child of one.parsed.manifests) this.#follow({ descriptor: child, childOf: digest });
    for await (const referrer of this.#source.referrers?.(digest, options) ?? []) {
      this.#follow({ descriptor: referrer, referrerOf: digest });
    }
  }

  #graphManifest(manifest: EncodedManifest): GraphManifest {
    const { descriptor, bytes } = manifest;
    if (/\bdocker\.distribution\.manifest\.v1\b/.test(descriptor.mediaType)) {
      throw new ProtocolError(
        `${this.#source.nameOf(descriptor.digest)} is in Docker's schema 1, which registries no longer take: ` +
          `convert it, for example by pulling and pushing it with a current client`,
      );
    }
    const parsed = parsedManifest(this.#source.nameOf(descriptor.digest), manifest);
    const { config, layers, manifests } = parsed;
    return {
      manifest: { bytes: alone(bytes), descriptor },
      parsed,
      children: manifests.map(({ digest }) => digest),
      blobs: [...(config === undefined ? [] : [config]), ...layers],
    };
  }

  #follow(lead: Lead): void {
    const { digest } = lead.descriptor;
    if (lead.childOf !== undefined) this.#children.set(digest, lead);
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    this.#next.push(lead);
    if (this.#seen.size > MOST_MANIFESTS) {
      throw this.#tooLarge(`leads to more than ${MOST_MANIFESTS} manifests`);
    }
  }

  /** Leaves out a manifest that only a list of referrers named. If an index names it, too, it stays. */
  #leaveOut(digest: Digest): void {
    const child = this.#children.get(digest);
    if (child !== undefined) this.#next.push(child);
    else this.#seen.delete(digest);
  }

  /**
   * Handles a manifest that does not exist. As the child of an index, it may be a blob (image-spec,
   * image-index.md).
   */
  #missing({ descriptor, childOf, referrerOf }: Lead): void {
    if (referrerOf !== undefined) {
      this.#leaveOut(descriptor.digest);
      return;
    }
    const { mediaType, size, digest } = descriptor;
    const isManifest = mediaType === undefined || KNOWN_TYPES.includes(mediaType);
    if (childOf === undefined || isManifest || size === undefined) {
      const by = childOf === undefined ? "" : `, which ${this.#source.nameOf(childOf)} names`;
      throw notThere(this.#source.nameOf(digest), by);
    }
    const blobs = this.#blobs.get(childOf) ?? [];
    this.#blobs.set(childOf, [...blobs, { ...descriptor, mediaType, size }]);
  }

  #tooLarge(what: string): ProtocolError {
    const [root = ""] = this.#seen;
    return new ProtocolError(
      `${this.#source.nameOf(root)} ${what}, which is not supported. Publish its parts one by one`,
    );
  }
}

function parsedManifest(name: string, { bytes, descriptor }: EncodedManifest): ParsedManifest {
  try {
    return parseManifest(bytes, descriptor.mediaType);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(`${name}: ${error.message}`, { cause: error });
  }
}

/** Copies the bytes, which may be a view of a larger buffer that would otherwise stay in memory. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
}

/** Clients take the size from the index, so it must be that of the manifest. */
function checkSize(name: string, expected: number | undefined, actual: number): void {
  if (expected === undefined || expected === actual) return;
  throw new IntegrityError(
    "SIZE_MISMATCH",
    `${name}: it has ${actual} bytes, but its descriptor says ${expected}`,
    { expected: String(expected), actual: String(actual) },
  );
}

function notThere(name: string, by: string): RegistryError {
  return new RegistryError(
    "NOT_FOUND",
    `${name}${by} does not exist: nothing was published. Publish it first; if the same stack does, refer to that ` +
      `resource's outputs, or add dependsOn`,
    { method: "GET", url: name },
  );
}
