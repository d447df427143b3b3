import { InputError } from "../../errors.js";
import type { Annotations } from "../../oci/descriptor.js";
import { EMPTY_BYTES } from "../../oci/manifest.js";
import { memoryBlob } from "../../oci/memoryBlob.js";
import type { SourceFile } from "../../tar/sourceFile.js";
import { assembleArtifact } from "../assembleArtifact.js";
import { packPlain } from "../packBytes.js";
import { fileContent } from "../packContent.js";
import { packedLayer, type PackedLayer } from "../packLayer.js";
import { allAnnotations } from "./annotations.js";
import type { ContentContext, PackedContent } from "./contentKind.js";
import { decodeText, locateKindFile, readHead, readSmallFile } from "./kindSource.js";

export interface BicepModuleInput {
  /** The compiled module, as `bicep build` writes it. */
  readonly file: string;
  readonly description?: string | undefined;
  readonly documentationUri?: string | undefined;
  /** Archive of the sources, in Bicep's format. */
  readonly source?: string | undefined;
}

/** Azure/bicep, src/Bicep.Core/Registry/Oci/BicepMediaTypes.cs. */
const ARTIFACT = "application/vnd.ms.bicep.module.artifact";
const CONFIG = "application/vnd.ms.bicep.module.config.v1+json";
const TEMPLATE = "application/vnd.ms.bicep.module.layer.v1+json";
const SOURCE = "application/vnd.ms.bicep.module.source.v1.tar+gzip";

/** The largest template that Resource Manager accepts (learn.microsoft.com, "Template limits"). */
const TEMPLATE_LIMIT = 4 * 1024 * 1024;
/** Schemas of templates for a resource group, subscription, management group or tenant. */
const TEMPLATE_SCHEMA = /\/(?:subscription|managementGroup|tenant)?deploymentTemplate\.json#?$/i;

/** The first bytes of a gzip file (RFC 1952, section 2.3.1). */
const GZIP = Buffer.from([0x1f, 0x8b]);

const IMAGE = "org.opencontainers.image";

/** A module as `bicep publish` publishes it, but without the time. */
export async function packBicepModule(
  input: BicepModuleInput,
  context: ContentContext,
): Promise<PackedContent> {
  const file = await locateKindFile(input.file, context, "file");
  const template = await readTemplate(file);
  const { signal, subject } = context;
  const layers = [
    packedLayer(
      { mediaType: TEMPLATE, title: "Compiled ARM template" },
      await packPlain(fileContent(file), { signal }),
    ),
    ...(await sourceLayer(input, context)),
  ];
  const annotations = allAnnotations(derivedAnnotations(input, template), context);
  // Bicep refuses the empty config of the image specification (OciModuleArtifactResult.cs).
  const config = memoryBlob(EMPTY_BYTES, { mediaType: CONFIG });
  const packed = assembleArtifact({ artifactType: ARTIFACT, config, layers, subject, annotations });
  return { ...packed, artifactType: ARTIFACT, annotations };
}

async function sourceLayer(
  { source }: BicepModuleInput,
  context: ContentContext,
): Promise<readonly PackedLayer[]> {
  if (source === undefined) return [];
  const file = await locateKindFile(source, context, "source");
  if (!(await readHead(file, GZIP.length)).equals(GZIP)) {
    throw new InputError(
      `${context.property}.source`,
      `${source} is not compressed by gzip: give the archive of the sources that Bicep writes`,
    );
  }
  const bytes = await packPlain(fileContent(file), { signal: context.signal });
  return [packedLayer({ mediaType: SOURCE, title: "Source files" }, bytes)];
}

type Template = Readonly<Record<string, unknown>>;

/**
 * Reads the template. Anything else is refused here, because it would only fail when the module is used.
 */
async function readTemplate(file: SourceFile): Promise<Template> {
  const text = decodeText(await readSmallFile(file, TEMPLATE_LIMIT), file);
  const template = parseObject(text, file);
  const schema = template["$schema"];
  if (typeof schema !== "string" || !TEMPLATE_SCHEMA.test(schema)) {
    throw noTemplate(file, "its `$schema` is not that of a deployment template");
  }
  if (template["resources"] === undefined) throw noTemplate(file, "it has no `resources`");
  return template;
}

function parseObject(text: string, file: SourceFile): Template {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw noTemplate(file, "it is not JSON", cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Template;
  }
  throw noTemplate(file, "it is not an object");
}

function noTemplate({ property, shownPath }: SourceFile, reason: string, cause?: unknown): Error {
  return new InputError(
    property ?? "content.bicepModule.file",
    `${shownPath} is not a compiled Bicep module: ${reason}; give the file that \`bicep build\` writes`,
    { cause },
  );
}

/** Like Bicep, takes the description from the module's own `metadata description`. */
function derivedAnnotations(input: BicepModuleInput, template: Template): Annotations {
  const metadata = template["metadata"] as { readonly description?: unknown } | undefined;
  const own = typeof metadata?.description === "string" ? metadata.description : undefined;
  const { description = own, documentationUri } = input;
  return {
    ...(description === undefined ? {} : { [`${IMAGE}.description`]: description }),
    ...(documentationUri === undefined ? {} : { [`${IMAGE}.documentation`]: documentationUri }),
  };
}
