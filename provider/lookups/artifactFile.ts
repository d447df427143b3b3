import { z } from "zod";
import { AcrError, hasCode, InputError } from "../errors.js";
import { expected } from "../arguments/inputMessages.js";
import { object, oneOf, registry } from "../arguments/schema.js";
import type { Descriptor } from "../oci/descriptor.js";
import { digestOf } from "../oci/digest.js";
import { archivedFile } from "./archivedFile.js";
import { type Arguments, checkQuery, type LookupContext } from "./context.js";
import { requireManifest } from "./fetchManifest.js";
import { checkSize, gather, LARGEST_FILE } from "./gather.js";
import { layerWith, noSuchFile, titleOf } from "./layerWith.js";
import { layerOf } from "./manifestResults.js";
import type { ArtifactFileQuery } from "./queries.js";
import type { ArtifactFileResult } from "./results.js";
import { MANIFEST_QUERY, openTarget, type Target } from "./target.js";

const BYTES = `a number of bytes, from 1 to ${LARGEST_FILE} (64 MiB)`;
const SCHEMA = object({
  ...MANIFEST_QUERY,
  title: z.string({ error: expected("a text") }).min(1, { error: "it is empty" }),
  encoding: oneOf("utf8", "base64").optional(),
  maxSize: z
    .number({ error: expected(BYTES) })
    .int({ error: expected(BYTES) })
    .positive({ error: expected(BYTES) })
    .max(LARGEST_FILE, { error: expected(BYTES) })
    .optional(),
  registry: registry.optional(),
});

const DEFAULT_MAX_SIZE = 4 * 1024 * 1024;

/** Sends one request for the manifest and one for the layer. */
export async function findArtifactFile(
  args: Arguments<ArtifactFileQuery>,
  context: LookupContext,
): Promise<ArtifactFileResult> {
  checkQuery(SCHEMA, args);
  const target = openTarget(args, context, ["pull"]);
  const found = await requireManifest(target);
  const { title, maxSize = DEFAULT_MAX_SIZE, encoding = "utf8" } = args;
  const layer = layerWith(title, found.manifest, target);
  const bytes = await read(layer, title, maxSize, target);
  if (bytes === undefined) throw noSuchFile(title, found.manifest, target);
  return {
    content: encoding === "base64" ? bytes.toString("base64") : textOf(bytes, title),
    digest: digestOf(bytes),
    size: bytes.length,
    title,
    layer: layerOf(layer),
    reference: target.nameOf(found.fetched.descriptor.digest),
  };
}

async function read(
  layer: Descriptor,
  title: string,
  maxSize: number,
  { repository, nameOf }: Target,
): Promise<Buffer | undefined> {
  const isFile = titleOf(layer) === title;
  if (isFile) checkSize(title, layer.size, maxSize);
  const content = await repository.blobs.fetch(layer);
  if (isFile) return gather(content as AsyncIterable<Uint8Array>, layer.size);
  try {
    return await archivedFile(content, title, maxSize);
  } catch (error) {
    if (!hasCode(error, "PROTOCOL", "UNSUPPORTED")) throw error;
    const where = `read ${JSON.stringify(title)} in the layer ${nameOf(layer.digest)}`;
    throw new AcrError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}

function textOf(bytes: Buffer, title: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(
      "encoding",
      `${JSON.stringify(title)} is not text in UTF-8: ask for it with \`encoding: "base64"\``,
      { cause },
    );
  }
}
