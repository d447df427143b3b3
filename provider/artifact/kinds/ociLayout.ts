import { hasCode, InputError } from "../../errors.js";
import { parseManifest } from "../../oci/manifest.js";
import { eachOf } from "../../concurrency/eachOf.js";
import type { Descriptor } from "../../oci/descriptor.js";
import type { Digest } from "../../oci/digest.js";
import { graphContent } from "../graphContent.js";
import type { PushableBlob } from "../pushable.js";
import { type Graph, readGraph } from "../readGraph.js";
import { isForeign } from "../foreignLayer.js";
import { LayoutFolder } from "./layout/layoutFolder.js";
import { LayoutIndex } from "./layout/layoutIndex.js";
import type { ContentContext, PackedContent } from "./contentKind.js";

export interface OciLayoutInput {
  readonly path: string;
  readonly reference?: string | undefined;
}

/** Files hashed at the same time; each uses one of the four threads. */
const FILES_AT_ONCE = 4;

const TITLE = "org.opencontainers.image.title";

/**
 * Publishes unchanged what another tool wrote into a folder (image-spec, image-layout.md): the manifest,
 * the children of an index, and the listed manifests that have one of these as their subject. Everything
 * is read and hashed before anything is published.
 */
export async function packOciLayout(
  input: OciLayoutInput,
  context: ContentContext,
): Promise<PackedContent> {
  const { property, signal } = context;
  const options = signal === undefined ? {} : { signal };
  try {
    const folder = await LayoutFolder.open(input.path, context);
    const index = await LayoutIndex.read(folder, options);
    const root = index.choose(input.reference, `${property}.reference`);
    const graph = await readGraph(index.graphSource(), root, options);
    const blobs = await findBlobs(folder, graph, signal);
    const content = graphContent(graph, (descriptor) => blobFor(blobs, descriptor));
    return { ...content, ...described(graph) };
  } catch (error) {
    // The error concerns the files, so it is reported for the path.
    if (!hasCode(error, "PROTOCOL", "SIZE_MISMATCH")) throw error;
    throw new InputError(`${property}.path`, `${input.path}: ${error.message}`, { cause: error });
  }
}

/** All blobs of the graph, each digest once. Layers that are distributed elsewhere may be absent. */
async function findBlobs(
  folder: LayoutFolder,
  { root, others }: Graph,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Digest, PushableBlob>> {
  const named = [root, ...others].flatMap(({ blobs }) => blobs);
  const once = new Map(named.map((descriptor) => [descriptor.digest, descriptor]));
  const found = new Map<Digest, PushableBlob>();
  await eachOf(
    once.values(),
    { concurrency: FILES_AT_ONCE, signal },
    async (descriptor, either) => {
      const blob = await folder.blob(descriptor, isForeign(descriptor.mediaType), either);
      if (blob !== undefined) found.set(descriptor.digest, blob);
    },
  );
  return found;
}

/** A blob that is not in the layout is only opened if the registry insists on it. */
function blobFor(blobs: ReadonlyMap<Digest, PushableBlob>, descriptor: Descriptor): PushableBlob {
  const found = blobs.get(descriptor.digest);
  if (found !== undefined) return { ...found, descriptor };
  return {
    descriptor,
    open: () => {
      throw new InputError(
        "content.ociLayout.path",
        `the registry wants the layer ${descriptor.digest}, which may not be redistributed and is not in the layout`,
      );
    },
  };
}

/** What is shown of the content: the layers of an image; for an index, only its manifest. */
function described({
  root,
}: Graph): Pick<PackedContent, "layerDescriptors" | "artifactType" | "annotations"> {
  const { bytes, descriptor } = root.manifest;
  const { layers, artifactType, annotations } = parseManifest(bytes, descriptor.mediaType);
  return {
    layerDescriptors: layers.map(({ mediaType, size, digest, annotations: own }) => {
      const title = own?.[TITLE];
      return { ...(title === undefined ? {} : { title }), mediaType, size, digest };
    }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
