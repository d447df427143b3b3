import { InputError } from "../../errors.js";
import type { SourceFile } from "../../tar/sourceFile.js";
import { assembleArtifact } from "../assembleArtifact.js";
import { packPlain } from "../packBytes.js";
import { emptyBlob } from "../packConfig.js";
import { fileContent } from "../packContent.js";
import { packedLayer } from "../packLayer.js";
import { checkTitle, defaultTitle } from "../packTitle.js";
import { allAnnotations } from "./annotations.js";
import type { ContentContext, PackedContent } from "./contentKind.js";
import { locateKindFile, readHead } from "./kindSource.js";

export type SbomFormat = "spdx-json" | "spdx" | "cyclonedx-json" | "cyclonedx-xml";

export interface SbomInput {
  readonly file: string;
  readonly format?: SbomFormat | undefined;
}

/** The media types from IANA's registry, also for the tag-value format of SPDX. */
const MEDIA_TYPES: Readonly<Record<SbomFormat, string>> = {
  "spdx-json": "application/spdx+json",
  spdx: "text/spdx",
  "cyclonedx-json": "application/vnd.cyclonedx+json",
  "cyclonedx-xml": "application/vnd.cyclonedx+xml",
};

/**
 * File names that the formats recommend (SPDX 2.3, section 4; cyclonedx.org, "Recognized file patterns").
 */
const NAMES: readonly (readonly [RegExp, SbomFormat])[] = [
  [/\.spdx\.json$/i, "spdx-json"],
  [/\.spdx$/i, "spdx"],
  [/(?:\.cdx\.json|(?:^|\/)bom\.json)$/i, "cyclonedx-json"],
  [/(?:\.cdx\.xml|(?:^|\/)bom\.xml)$/i, "cyclonedx-xml"],
];

/** A text near the beginning that identifies each format. */
const SIGNS: readonly (readonly [RegExp, SbomFormat])[] = [
  [/^\s*\{[^]*"spdxVersion"\s*:/, "spdx-json"],
  [/^\s*\{[^]*"bomFormat"\s*:\s*"CycloneDX"/, "cyclonedx-json"],
  [/^\s*<[^]*"http:\/\/cyclonedx\.org\/schema\/bom\//, "cyclonedx-xml"],
  [/^(?:\s*#[^\n]*\n)*\s*SPDXVersion:/, "spdx"],
];

const HEAD = 64 * 1024;

/** A bill of materials as `oras attach` attaches it: the file, with the artifact type of its format. */
export async function packSbom(input: SbomInput, context: ContentContext): Promise<PackedContent> {
  const { property, signal, subject } = context;
  const file = await locateKindFile(input.file, context, "file");
  const mediaType = MEDIA_TYPES[input.format ?? (await detect(file, property))];
  const title = checkTitle(defaultTitle(input.file, property), property);
  const bytes = await packPlain(fileContent(file), { signal });
  const annotations = allAnnotations({}, context);
  const packed = assembleArtifact({
    artifactType: mediaType,
    config: emptyBlob(),
    layers: [packedLayer({ mediaType, title }, bytes)],
    subject,
    annotations,
  });
  return { ...packed, artifactType: mediaType, annotations };
}

async function detect(file: SourceFile, property: string): Promise<SbomFormat> {
  const path = file.shownPath.replaceAll("\\", "/");
  const head = (await readHead(file, HEAD)).toString("utf8");
  const found =
    NAMES.find(([name]) => name.test(path))?.[1] ?? SIGNS.find(([sign]) => sign.test(head))?.[1];
  if (found !== undefined) return found;
  const formats = Object.keys(MEDIA_TYPES).map((name) => JSON.stringify(name));
  throw new InputError(
    `${property}.format`,
    `the format of ${file.shownPath} cannot be told from its name or beginning: give one of ${formats.join(", ")}`,
  );
}
