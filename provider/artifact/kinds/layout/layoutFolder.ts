import { Readable } from "node:stream";
import { hasCode, InputError, ProtocolError } from "../../../errors.js";
import type { Descriptor } from "../../../oci/descriptor.js";
import { digestAlgorithm, digestOf, type Digest } from "../../../oci/digest.js";
import { MANIFEST_SIZE_LIMIT, type EncodedManifest } from "../../../oci/manifest.js";
import { readSourceFile, type SourceFile } from "../../../tar/sourceFile.js";
import type { PushableBlob } from "../../pushable.js";
import { locateSource } from "../../source.js";
import type { ContentContext } from "../contentKind.js";
import { decodeText, readSmallFile } from "../kindSource.js";
import { fileDigest } from "./fileDigest.js";

/** image-spec, image-layout.md, "oci-layout file". */
const VERSION = "1.0.0";
const MOST_BYTES_OF_MARK = 4096;

/**
 * A folder in the format of an image layout (image-spec, image-layout.md). Only digests are used as
 * paths.
 */
export class LayoutFolder {
  readonly #path: string;
  readonly #context: Pick<ContentContext, "baseDirectory" | "property">;

  private constructor(path: string, { baseDirectory, property }: ContentContext) {
    this.#path = path.replace(/[/\\]+$/, "") || path;
    this.#context = { baseDirectory, property: `${property}.path` };
  }

  static async open(path: string, context: ContentContext): Promise<LayoutFolder> {
    const found = await locateSource(path, {
      baseDirectory: context.baseDirectory,
      property: `${context.property}.path`,
    });
    const folder = new LayoutFolder(path, context);
    if (found.kind === "file") {
      throw folder.#wrong(
        `${path} is a file, but the folder of an image layout is needed: unpack it`,
      );
    }
    await folder.#checkVersion();
    return folder;
  }

  /** The bytes of `index.json`. */
  async index(): Promise<Uint8Array> {
    const file = await this.#file("index.json");
    return readSmallFile(file, MANIFEST_SIZE_LIMIT);
  }

  /** The bytes of a manifest, which must match the digest of its name. */
  async manifest({
    digest,
    mediaType = "",
  }: Pick<Descriptor, "digest"> & Partial<Descriptor>): Promise<EncodedManifest> {
    const file = await this.#file(nameOf(digest));
    const bytes = await readSmallFile(file, MANIFEST_SIZE_LIMIT);
    this.#checkDigest(file, digest, digestOf(bytes, digestAlgorithm(digest)));
    return { bytes, descriptor: { mediaType, digest, size: bytes.length } };
  }

  /**
   * A blob with its verified digest; `undefined` if it is absent and optional. It is read again from its
   * file when it is sent.
   */
  async blob(
    descriptor: Descriptor,
    mayBeAbsent: boolean,
    signal: AbortSignal,
  ): Promise<PushableBlob | undefined> {
    const { digest, size } = descriptor;
    const file = await this.#fileOrAbsent(nameOf(digest), mayBeAbsent);
    if (file === undefined) return undefined;
    if (file.size !== size) {
      throw this.#wrong(
        `${file.shownPath} has ${file.size} bytes, but its descriptor says ${size}`,
      );
    }
    this.#checkDigest(file, digest, await fileDigest(file, digestAlgorithm(digest), signal));
    return { descriptor, open: (options) => opened(file, options) };
  }

  shown(digest: string): string {
    return `${this.#path}/${nameOf(digest)}`;
  }

  async #checkVersion(): Promise<void> {
    const mark = await this.#file("oci-layout");
    const text = decodeText(await readSmallFile(mark, MOST_BYTES_OF_MARK), mark);
    const version = versionIn(text);
    if (version === VERSION) return;
    throw this.#wrong(
      `${mark.shownPath} does not say \`"imageLayoutVersion": "${VERSION}"\`: it is no image layout, or one of a ` +
        `version that is not known`,
    );
  }

  async #file(name: string): Promise<SourceFile> {
    const path = `${this.#path}/${name}`;
    const found = await locateSource(path, this.#context);
    if (found.kind === "file") return found.file;
    throw this.#wrong(`${path} is a folder: a file is needed`);
  }

  async #fileOrAbsent(name: string, mayBeAbsent: boolean): Promise<SourceFile | undefined> {
    try {
      return await this.#file(name);
    } catch (error) {
      if (mayBeAbsent && hasCode(error, "SOURCE_NOT_FOUND")) return undefined;
      throw error;
    }
  }

  #checkDigest({ shownPath }: SourceFile, expected: Digest, actual: Digest): void {
    if (actual === expected) return;
    throw this.#wrong(
      `${shownPath} has digest ${actual}: it was damaged or changed after the layout was made`,
    );
  }

  #wrong(reason: string): InputError {
    return new InputError(this.#context.property, reason);
  }
}

function nameOf(digest: string): string {
  const [algorithm = "", hex = ""] = digest.split(":");
  return `blobs/${algorithm}/${hex}`;
}

function versionIn(text: string): unknown {
  try {
    const mark: unknown = JSON.parse(text);
    return typeof mark === "object" && mark !== null && "imageLayoutVersion" in mark
      ? mark.imageLayoutVersion
      : undefined;
  } catch (cause) {
    throw new ProtocolError("its file oci-layout is not JSON", { cause });
  }
}

/** Opens the file; fails with `SOURCE_CHANGED` if it is no longer the one that was hashed. */
function opened(file: SourceFile, options?: { signal?: AbortSignal }): Readable {
  return Readable.from(readSourceFile(file, { ...options, ownChunks: true }), {
    objectMode: false,
    highWaterMark: 1024 * 1024,
  });
}
