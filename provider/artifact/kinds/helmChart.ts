import { InputError } from "../../errors.js";
import type { Annotations } from "../../oci/descriptor.js";
import { memoryBlob } from "../../oci/memoryBlob.js";
import { assembleArtifact } from "../assembleArtifact.js";
import { type PackedBytes, packGzip, packPlain } from "../packBytes.js";
import { archiveContent, fileContent } from "../packContent.js";
import { packedLayer, type PackedLayer } from "../packLayer.js";
import { locateSource } from "../source.js";
import { allAnnotations } from "./annotations.js";
import type { ContentContext, PackedContent } from "./contentKind.js";
import { readArchiveMetadata } from "./helm/chartArchive.js";
import { chartAnnotations, chartConfigJson, FIXED_ANNOTATIONS } from "./helm/chartConfig.js";
import { readChartFolder } from "./helm/chartFolder.js";
import type { ChartMetadata } from "./helm/chartMetadata.js";
import { locateKindFile } from "./kindSource.js";

export interface HelmChartInput {
  /** A chart's folder, or an archive made by `helm package`. */
  readonly path: string;
  /** The signature made by `helm package --sign`. */
  readonly provenance?: string | undefined;
}

/** helm/helm, pkg/registry/constants.go. */
const CONFIG = "application/vnd.cncf.helm.config.v1+json";
const CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov";

/** A chart as `helm push` publishes it, but without the time of the push. */
export async function packHelmChart(
  input: HelmChartInput,
  context: ContentContext,
): Promise<PackedContent> {
  const { metadata, bytes } = await packChart(input, context);
  const tag = metadata.version.replaceAll("+", "_");
  checkPlace(metadata, tag, context);
  const layers = [packedLayer({ mediaType: CHART }, bytes), ...(await provenance(input, context))];
  const config = memoryBlob(Buffer.from(chartConfigJson(metadata)), { mediaType: CONFIG });
  const annotations = annotationsOf(metadata, context);
  const packed = assembleArtifact({
    config,
    layers: layers.sort(byDigest),
    annotations,
    subject: context.subject,
  });
  return { ...packed, annotations, defaultTags: [tag] };
}

async function packChart(
  { path, provenance }: HelmChartInput,
  context: ContentContext,
): Promise<{ metadata: ChartMetadata; bytes: PackedBytes }> {
  const { baseDirectory, property, known, signal } = context;
  const found = await locateSource(path, { baseDirectory, property: `${property}.path` });
  if (found.kind === "file") {
    const metadata = await readArchiveMetadata(found.file);
    return { metadata, bytes: await packPlain(fileContent(found.file), { signal }) };
  }
  if (provenance !== undefined) {
    throw new InputError(
      `${property}.provenance`,
      `it signs a packaged chart, and ${path} is a folder: give the path of the .tgz that was signed`,
    );
  }
  const { metadata, entries } = await readChartFolder(found.directory, context);
  const content = archiveContent(entries, found.directory);
  return { metadata, bytes: await packGzip(content, { known, signal }) };
}

async function provenance(
  input: HelmChartInput,
  context: ContentContext,
): Promise<readonly PackedLayer[]> {
  if (input.provenance === undefined) return [];
  const file = await locateKindFile(input.provenance, context, "provenance");
  const bytes = await packPlain(fileContent(file), { signal: context.signal });
  return [packedLayer({ mediaType: PROVENANCE }, bytes)];
}

/** Helm's order of layers (pkg/registry/client.go, `GenerateManifest…`). */
function byDigest(a: PackedLayer, b: PackedLayer): number {
  return a.layerDescriptor.digest < b.layerDescriptor.digest ? -1 : 1;
}

/**
 * Checks repository and tag, because Helm finds a chart only by name and version: `oci://…/NAME`,
 * `--version VERSION`.
 */
function checkPlace({ name, version }: ChartMetadata, tag: string, context: ContentContext): void {
  const { repository, tags } = context;
  if (repository !== undefined && repository.split("/").at(-1) !== name) {
    throw new InputError(
      "repository",
      `the chart's name is ${JSON.stringify(name)}, and Helm looks for it in a repository of that name: ` +
        `${JSON.stringify(repository)} does not end in "/${name}"`,
    );
  }
  if (tags !== undefined && !tags.includes(tag)) {
    throw new InputError(
      "tags",
      `the chart's version is ${JSON.stringify(version)}, and Helm looks for it under the tag ${JSON.stringify(tag)}: ` +
        `add it, or leave \`tags\` out`,
    );
  }
}

function annotationsOf(metadata: ChartMetadata, context: ContentContext): Annotations | undefined {
  const derived = chartAnnotations(metadata);
  const { annotations = {} } = context;
  const changed = FIXED_ANNOTATIONS.find(
    (key) => annotations[key] !== undefined && annotations[key] !== derived[key],
  );
  if (changed === undefined) return allAnnotations(derived, context);
  throw new InputError(
    `annotations[${JSON.stringify(changed)}]`,
    `Chart.yaml says ${JSON.stringify(derived[changed])}, and Helm allows no other value: leave the annotation out`,
  );
}
