import { addAbortSignal, Readable } from "node:stream";
import { IntegrityError } from "../errors.js";
import type { Blob } from "../oci/blob.js";
import type { Descriptor } from "../oci/descriptor.js";
import { Digester, isDigest, type Digest } from "../oci/digest.js";
import { COMPRESSOR } from "../tar/deflateBlock.js";
import { gzipChunks } from "../tar/gzipChunks.js";
import type { ReadOptions } from "../tar/sourceFile.js";
import type { PlainContent } from "./packContent.js";
import { packMemo, type Compressed } from "./packMemo.js";
import { Spool } from "./packSpool.js";

/** Bytes ready to publish: what identifies them, and how to open them. */
export interface PackedBytes {
  readonly digest: Digest;
  readonly size: number;
  /** For compressed content: the digest before compression, and the compressor. */
  readonly tarDigest?: Digest;
  readonly compressor?: string;
  open(options?: { signal?: AbortSignal }): Readable;
  /** See `Blob.readVerified`. */
  readVerified(options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}

/** Packed bytes as a blob with this descriptor. */
export function blobOf(descriptor: Descriptor, bytes: PackedBytes): Blob {
  return {
    descriptor,
    open: (options) => bytes.open(options),
    readVerified: (options) => bytes.readVerified(options),
  };
}

/**
 * A layer packed earlier, as its descriptor is stored in a state. It is not compressed again if its
 * content and compressor are the same.
 */
export interface KnownLayer {
  readonly tarDigest?: string | undefined;
  readonly compressor?: string | undefined;
  readonly digest: string;
  readonly size: number;
}

export interface PackOptions {
  readonly known?: readonly KnownLayer[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Hashes content that is published uncompressed. */
export async function packPlain(
  content: PlainContent,
  { signal }: PackOptions = {},
): Promise<PackedBytes> {
  const packed = await measure(content.read({ signal }));
  const read = (options?: ReadOptions): AsyncGenerator<Uint8Array> =>
    verified(content.read(options), packed, () => content.changed());
  return {
    ...packed,
    open: (options) => stream(read({ ...options, ownChunks: true }), options),
    readVerified: read,
  };
}

/** Hashes and compresses content, unless the result is known already. */
export async function packGzip(
  content: PlainContent,
  options: PackOptions = {},
): Promise<PackedBytes> {
  const known = knownLayers(options);
  // Without known results, hashing first would only read everything twice.
  const hashFirst = known.length > 0 || packMemo.size > 0;
  const tarDigest = hashFirst
    ? (await measure(content.read({ signal: options.signal }))).digest
    : undefined;
  const outcome = tarDigest && (findInMemo(tarDigest) ?? findKnown(tarDigest, known));
  if (tarDigest !== undefined && outcome !== undefined) {
    return compressedBytes(content, tarDigest, outcome);
  }
  const fresh = await compress(content, options.signal);
  if (tarDigest !== undefined && fresh.tarDigest !== tarDigest) throw content.changed();
  await packMemo.remember({ tarDigest: fresh.tarDigest, compressor: COMPRESSOR }, fresh);
  return compressedBytes(content, fresh.tarDigest, fresh);
}

function knownLayers({ known = [] }: PackOptions): readonly KnownLayer[] {
  return known.filter(({ compressor }) => compressor === COMPRESSOR);
}

function findInMemo(tarDigest: Digest): Compressed | undefined {
  return packMemo.find({ tarDigest, compressor: COMPRESSOR });
}

/**
 * A known layer for the same content. One with an invalid digest or size is ignored, even if it comes
 * from a state.
 */
function findKnown(tarDigest: Digest, known: readonly KnownLayer[]): Compressed | undefined {
  for (const { digest, size, tarDigest: other } of known) {
    if (other !== tarDigest || !isDigest(digest)) continue;
    if (Number.isSafeInteger(size) && size > 0) return { digest, size };
  }
  return undefined;
}

async function compress(
  content: PlainContent,
  signal: AbortSignal | undefined,
): Promise<Compressed & { tarDigest: Digest }> {
  const plain = new Digester();
  const spool = await Spool.create();
  try {
    const chunks = gzipChunks(counted(content.read({ signal }), plain), { signal });
    const { digest, size } = await measure(chunks, (chunk) => spool?.append(chunk));
    return { tarDigest: plain.digest(), digest, size, spool };
  } catch (error) {
    await spool?.discard();
    throw error;
  }
}

function compressedBytes(
  content: PlainContent,
  tarDigest: Digest,
  { digest, size }: Compressed,
): PackedBytes {
  const read: PackedBytes["readVerified"] = (options) => {
    const plain = new Digester();
    const failure = (): Error =>
      plain.size > 0 && plain.digest() === tarDigest ? foreignBytes(content) : content.changed();
    const chunks = reopen(content, { tarDigest, plain, signal: options?.signal });
    return verified(chunks, { digest, size }, failure);
  };
  const open: PackedBytes["open"] = (options) => stream(read(options), options);
  return { digest, size, tarDigest, compressor: COMPRESSOR, open, readVerified: read };
}

interface Reopening {
  readonly tarDigest: Digest;
  /** Hashes what is compressed again. */
  readonly plain: Digester;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens compressed content again: from the spool, or by compressing it again, which gives the same bytes.
 * Fails if the source has changed.
 */
async function* reopen(
  content: PlainContent,
  { tarDigest, plain, signal }: Reopening,
): AsyncGenerator<Uint8Array> {
  const { spool, size } = findInMemo(tarDigest) ?? {};
  let given = 0;
  if (spool?.isUsable()) {
    await content.assertUnchanged(signal);
    if (spool.isUsable()) {
      for await (const chunk of spool.read(signal)) {
        given += chunk.length;
        yield chunk;
      }
    }
    if (given === size) return;
  }
  yield* skipping(given, gzipChunks(counted(content.read({ signal }), plain), { signal }));
}

async function* skipping(
  count: number,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** The error if unchanged content was compressed to other bytes, so it is not the source's fault. */
function foreignBytes(content: PlainContent): IntegrityError {
  return new IntegrityError(
    "DIGEST_MISMATCH",
    `${content.shownPath} is unchanged, but ${COMPRESSOR} did not compress it to the recorded bytes: ` +
      `the recorded digest was edited, or another version of fflate is installed`,
    { expected: "the recorded digest", actual: "another digest" },
  );
}

async function measure(
  chunks: AsyncIterable<Uint8Array>,
  use?: (chunk: Uint8Array) => Promise<void> | undefined,
): Promise<{ digest: Digest; size: number }> {
  const digester = new Digester();
  for await (const chunk of chunks) {
    digester.update(chunk);
    await use?.(chunk);
  }
  return { size: digester.size, digest: digester.digest() };
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  digester: Digester,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    digester.update(chunk);
    yield chunk;
  }
}

/**
 * Holds the last chunk back until the digest is verified, so that no receiver gets all of the wrong
 * bytes. Earlier chunks are passed on, since their memory may be reused.
 */
async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  expected: { digest: Digest; size: number },
  failure: () => Error,
): AsyncGenerator<Uint8Array> {
  const digester = new Digester();
  let last: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    digester.update(chunk);
    if (digester.size > expected.size) throw failure();
    if (digester.size < expected.size) yield chunk;
    else last = chunk;
  }
  if (digester.size !== expected.size || digester.digest() !== expected.digest) throw failure();
  if (last !== undefined) yield last;
}

function stream(chunks: AsyncIterable<Uint8Array>, options?: { signal?: AbortSignal }): Readable {
  const readable = Readable.from(chunks, { objectMode: false, highWaterMark: 1024 * 1024 });
  return options?.signal === undefined ? readable : addAbortSignal(options.signal, readable);
}
