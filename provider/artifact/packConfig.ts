import { InputError } from "../errors.js";
import type { Blob } from "../oci/blob.js";
import type { Annotations, Descriptor } from "../oci/descriptor.js";
import { EMPTY_BYTES, EMPTY_DESCRIPTOR } from "../oci/manifest.js";
import { checkMediaType, OCI_EMPTY } from "../oci/mediaTypes.js";
import { memoryBlob } from "../oci/memoryBlob.js";
import { checkAnnotations } from "./packAnnotations.js";
import { blobOf, packPlain } from "./packBytes.js";
import { fileContent } from "./packContent.js";
import { locateFile, sourceKind } from "./source.js";

/** The config of a manifest: a small document, often one whose media type tells the kind of artifact. */
export interface ConfigInput {
  readonly mediaType: string;
  /** The document itself. Give either this or `file`. */
  readonly content?: string | undefined;
  /** Path of the document, relative to the base directory. Give either this or `content`. */
  readonly file?: string | undefined;
  readonly annotations?: Annotations | undefined;
}

/** The document `{}`, which means "no config" (image-spec, manifest.md). */
export function emptyBlob(annotations?: Annotations): Blob {
  const blob = memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR);
  return annotations === undefined
    ? blob
    : { ...blob, descriptor: { ...blob.descriptor, annotations } };
}

/** Checks the declaration of the config, without reading a file. */
export function checkConfig(config: ConfigInput | undefined): void {
  if (config === undefined) return;
  if (typeof config.mediaType !== "string") {
    throw new InputError("config.mediaType", "a config needs a media type");
  }
  checkMediaType(config.mediaType, "config.mediaType");
  checkAnnotations(config.annotations, "config.annotations");
  const { content, file } = config;
  const kind = sourceKind({ content, file }, "config");
  if (config.mediaType === OCI_EMPTY && !(kind === "content" && content === "{}")) {
    throw new InputError("config.content", `a config of type ${OCI_EMPTY} can only be "{}"`);
  }
}

/** Whether the config has no meaning, so that the artifact needs its own type. */
export function isEmptyConfig(config: ConfigInput | undefined): boolean {
  return config === undefined || config.mediaType === OCI_EMPTY;
}

export async function packConfig(
  config: ConfigInput | undefined,
  baseDirectory: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Blob> {
  const annotations = checkAnnotations(config?.annotations, "config.annotations");
  if (config === undefined || isEmptyConfig(config)) return emptyBlob(annotations);
  const { mediaType, file, content } = config;
  const named = { mediaType, ...(annotations === undefined ? {} : { annotations }) };
  if (file === undefined) return memoryBlob(Buffer.from(content ?? ""), named);
  const found = await locateFile(file, { baseDirectory, property: "config" });
  const packed = await packPlain(fileContent(found), options);
  const descriptor: Descriptor = { ...named, digest: packed.digest, size: packed.size };
  return blobOf(descriptor, packed);
}
