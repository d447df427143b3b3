import { basename } from "node:path";
import { memoryBlob } from "../../oci/memoryBlob.js";
import { FileSelection } from "../../tar/fileSelection.js";
import { listEntries } from "../../tar/listEntries.js";
import { DIRECTORY_MODE, type TarEntry } from "../../tar/tarEntry.js";
import { assembleArtifact } from "../assembleArtifact.js";
import { checkTime } from "../packAnnotations.js";
import { packGzip } from "../packBytes.js";
import { archiveContent } from "../packContent.js";
import { packedLayer } from "../packLayer.js";
import { type FoundSource, locateSource } from "../source.js";
import { allAnnotations } from "./annotations.js";
import type { ContentContext, PackedContent } from "./contentKind.js";

export interface FluxSourceInput {
  /** A folder of manifests, or a single file. */
  readonly path: string;
  readonly source: string;
  readonly revision: string;
  /** RFC 3339. */
  readonly created?: string | undefined;
  /** Patterns of what to leave out, instead of Flux's own. */
  readonly ignore?: readonly string[] | undefined;
}

/** fluxcd/pkg, oci/constants.go. */
const CONFIG = "application/vnd.cncf.flux.config.v1+json";
const CONTENT = "application/vnd.cncf.flux.content.v1.tar+gzip";

/**
 * What `flux push artifact --ignore-paths` leaves out by default (fluxcd/pkg, sourceignore: `ExcludeVCS`
 * and `ExcludeExt`).
 */
const IGNORED = [
  ...[".git/", ".gitignore", ".gitmodules", ".gitattributes"],
  ...["*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip"],
];

/**
 * The time that `flux push artifact --reproducible` writes. Older readers require one
 * (oci/client/meta.go).
 */
const NO_TIME = "1970-01-01T00:00:00Z";

const IMAGE = "org.opencontainers.image";

/** A source as `flux push artifact` publishes it. */
export async function packFluxSource(
  input: FluxSourceInput,
  context: ContentContext,
): Promise<PackedContent> {
  const { baseDirectory, property, known, signal, subject } = context;
  const { created = NO_TIME } = input;
  checkTime(created, `${property}.created`);
  const found = await locateSource(input.path, { baseDirectory, property: `${property}.path` });
  const entries = await entriesOf(found, input, context);
  const names = found.kind === "file" ? found.file : found.directory;
  const bytes = await packGzip(archiveContent(entries, names), { known, signal });
  const annotations = allAnnotations(
    {
      [`${IMAGE}.created`]: created,
      [`${IMAGE}.source`]: input.source,
      [`${IMAGE}.revision`]: input.revision,
    },
    context,
  );
  const packed = assembleArtifact({
    config: memoryBlob(Buffer.from(configJson(String(bytes.tarDigest))), { mediaType: CONFIG }),
    layers: [packedLayer({ mediaType: CONTENT }, bytes)],
    subject,
    annotations,
  });
  return { ...packed, annotations };
}

/**
 * The entries of the archive: the root is `.`, and its content has no prefix (fluxcd/pkg, tar/tar.go).
 */
async function entriesOf(
  found: FoundSource,
  { ignore = IGNORED }: FluxSourceInput,
  { property, signal }: ContentContext,
): Promise<readonly TarEntry[]> {
  const root: TarEntry = { type: "directory", name: ".", size: 0, mode: DIRECTORY_MODE };
  if (found.kind === "file") {
    const { file: source } = found;
    const name = basename(source.shownPath);
    return [root, { type: "file", name, size: source.size, mode: 0o644, source }];
  }
  const selection = new FileSelection({ exclude: ignore }, property, "ignore");
  const listed = await listEntries({ ...found.directory, entryName: "." }, { selection, signal });
  return listed.map((entry) => ({ ...entry, name: entry.name.replace(/^\.\//, "") }));
}

/**
 * The config of an empty image, as go-containerregistry writes it for Flux. Flux does not read it; it
 * only has to differ when the content does.
 */
function configJson(tarDigest: string): string {
  const created = "0001-01-01T00:00:00Z";
  return JSON.stringify({
    architecture: "",
    created,
    history: [{ created }],
    os: "",
    rootfs: { type: "layers", diff_ids: [tarDigest] },
    config: {},
  });
}
