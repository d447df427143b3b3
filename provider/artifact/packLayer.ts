import { InputError } from "../errors.js";
import type { Blob } from "../oci/blob.js";
import type { Annotations } from "../oci/descriptor.js";
import { checkMediaType, OCI_LAYER_TAR, OCI_LAYER_TAR_GZIP } from "../oci/mediaTypes.js";
import { FileSelection } from "../tar/fileSelection.js";
import { listEntries } from "../tar/listEntries.js";
import { checkAnnotations } from "./packAnnotations.js";
import { blobOf, packGzip, packPlain, type PackedBytes, type PackOptions } from "./packBytes.js";
import { archiveContent, bytesContent, fileContent, type PlainContent } from "./packContent.js";
import { checkTitle, CONTENT_DIGEST, defaultTitle, TITLE, UNPACK } from "./packTitle.js";
import {
  locateDirectory,
  locateFile,
  sourceKind,
  type LayerSource,
  type SourceContext,
  type SourceKind,
} from "./source.js";

export type Compression = "gzip" | "none";

/** One layer to pack. */
export interface LayerInput extends LayerSource {
  /**
   * Default, as in ORAS: `application/vnd.oci.image.layer.v1.tar`, with `+gzip` if the layer is
   * compressed. (For a plain file this is a misnomer, but every client expects it.)
   */
  readonly mediaType?: string | undefined;
  /**
   * The path under which `oras pull` restores the layer; it skips layers without a title. Default: the
   * last part of the path of a file or folder, with `.gz` for a file that is compressed here and `.tar`
   * for a folder that is not; none for `content`. `false`: no title.
   */
  readonly title?: string | false | undefined;
  readonly annotations?: Annotations | undefined;
  /** Default: "gzip" for a directory, "none" for everything else. */
  readonly compression?: Compression | undefined;
}

/** A packed layer, as plain data. */
export interface LayerDescriptor {
  readonly title?: string;
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
  /** For a compressed layer: the digest before compression; for a directory, that of its uncompressed tar. */
  readonly tarDigest?: string;
  /** For a compressed layer: the id of the compressor, which together with `tarDigest` determines the bytes. */
  readonly compressor?: string;
}

export interface PackedLayer {
  readonly blob: Blob;
  readonly layerDescriptor: LayerDescriptor;
}

/** A layer whose declaration is valid; no file was read yet. */
export interface LayerPlan {
  readonly input: LayerInput;
  readonly property: string;
  readonly kind: SourceKind;
  readonly compression: Compression;
  readonly mediaType: string;
  readonly title: string | undefined;
  readonly annotations: Annotations | undefined;
}

export function planLayer(input: LayerInput, property: string): LayerPlan {
  const kind = sourceKind(input, property);
  const compression = input.compression ?? (kind === "directory" ? "gzip" : "none");
  if (!["gzip", "none"].includes(compression)) {
    throw new InputError(
      `${property}.compression`,
      `${JSON.stringify(compression)} is not a compression: expected "gzip" or "none"`,
    );
  }
  const mediaType = checkMediaType(
    input.mediaType ?? (compression === "gzip" ? OCI_LAYER_TAR_GZIP : OCI_LAYER_TAR),
    `${property}.mediaType`,
  );
  const annotations = checkAnnotations(input.annotations, `${property}.annotations`);
  refuseReserved(annotations, kind, property);
  const title = titleOf(input, { kind, compression, property });
  return { input, property, kind, compression, mediaType, title, annotations };
}

function titleOf(
  input: LayerInput,
  plan: Pick<LayerPlan, "kind" | "compression" | "property">,
): string | undefined {
  const annotated = input.annotations?.[TITLE];
  if (annotated !== undefined && input.title !== undefined && input.title !== annotated) {
    throw new InputError(
      `${plan.property}.title`,
      `title and the annotation ${TITLE} differ: give one of them`,
    );
  }
  const given = input.title ?? annotated;
  if (given === false) return undefined;
  if (given !== undefined) return checkTitle(given, plan.property);
  const path = input.file ?? input.directory;
  if (path === undefined) return undefined;
  const name = defaultTitle(path, plan.property) + suffix(plan);
  return checkTitle(name, plan.property);
}

/** The suffix of the default title, which shows the format of the restored file. */
function suffix({ kind, compression }: Pick<LayerPlan, "kind" | "compression">): string {
  if (kind === "directory") return compression === "gzip" ? "" : ".tar";
  return compression === "gzip" ? ".gz" : "";
}

function refuseReserved(
  annotations: Annotations | undefined,
  kind: SourceKind,
  property: string,
): void {
  const reserved = [CONTENT_DIGEST, UNPACK].find((key) => annotations?.[key] !== undefined);
  if (kind !== "directory" || reserved === undefined) return;
  throw new InputError(
    `${property}.annotations[${JSON.stringify(reserved)}]`,
    `the annotation ${reserved} is set for directories and cannot be given`,
  );
}

/** Reads, archives and compresses the layer. */
export async function packLayer(
  plan: LayerPlan,
  baseDirectory: string,
  options: PackOptions = {},
): Promise<PackedLayer> {
  const context = { baseDirectory, property: plan.property };
  const content = await contentOf(plan, context, options.signal);
  const pack = plan.compression === "gzip" ? packGzip : packPlain;
  const bytes = await pack(content, options);
  const { mediaType, title } = plan;
  return packedLayer({ mediaType, title, annotations: annotationsOf(plan, bytes) }, bytes);
}

/** What a manifest says about a layer, apart from what follows from its bytes. */
export interface LayerNames {
  readonly mediaType: string;
  readonly title?: string | undefined;
  readonly annotations?: Annotations | undefined;
}

/** Packed bytes as a layer. */
export function packedLayer(names: LayerNames, bytes: PackedBytes): PackedLayer {
  const { mediaType, title } = names;
  const { digest, size, tarDigest, compressor } = bytes;
  const annotations = { ...names.annotations, ...(title === undefined ? {} : { [TITLE]: title }) };
  const some = Object.keys(annotations).length > 0;
  const descriptor = { mediaType, digest, size, ...(some ? { annotations } : {}) };
  return {
    blob: blobOf(descriptor, bytes),
    layerDescriptor: {
      ...(title === undefined ? {} : { title }),
      mediaType,
      size,
      digest,
      ...(tarDigest === undefined ? {} : { tarDigest }),
      ...(compressor === undefined ? {} : { compressor }),
    },
  };
}

async function contentOf(
  { input, title }: LayerPlan,
  context: SourceContext,
  signal: AbortSignal | undefined,
): Promise<PlainContent> {
  if (input.file !== undefined) return fileContent(await locateFile(input.file, context));
  if (input.directory === undefined) {
    return bytesContent(Buffer.from(input.content ?? ""), `${context.property}.content`);
  }
  const selection = new FileSelection(input, context.property);
  const directory = await locateDirectory(input.directory, context);
  const entryName = title ?? defaultTitle(input.directory, context.property);
  const entries = await listEntries({ ...directory, entryName }, { selection, signal });
  return archiveContent(entries, directory);
}

function annotationsOf(plan: LayerPlan, bytes: PackedBytes): Annotations {
  const unpack = plan.kind === "directory" && plan.compression === "gzip";
  return {
    ...plan.annotations,
    ...(unpack ? { [CONTENT_DIGEST]: String(bytes.tarDigest), [UNPACK]: "true" } : {}),
  };
}
