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

/** Files that are hashed at the same time: each uses one thread of the four. */
const FILES_AT_ONCE = 4;

const TITLE = "org.opencontainers.image.title";

/**
 * What another tool left in a folder (image-spec, image-layout.md), as it is: the manifest, the children
 * of an index, and what the layout's own index lists with one of them as its subject. All of it is
 * looked at and hashed before anything is published.
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
    // What is wrong with the files is wrong with the path.
    if (!hasCode(error, "PROTOCOL", "SIZE_MISMATCH")) throw error;
    throw new InputError(`${property}.path`, `${input.path}: ${error.message}`, { cause: error });
  }
}

/** Every blob that the graph names, each digest once; layers that are distributed elsewhere may be absent. */
async function findBlobs(
  folder: LayoutFolder,
  { root, others }: Graph,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<Digest, PushableBlob>> {
  const named = [root, ...others].flatMap(({ blobs }) => blobs);
  const once = new Map(named.map((descriptor) => [descriptor.digest, descriptor]));
  const found = new Map<Digest, PushableBlob>();
  await eachOf(once.values(), { places: FILES_AT_ONCE, signal }, async (descriptor, either) => {
    const blob = await folder.blob(descriptor, isForeign(descriptor.mediaType), either);
    if (blob !== undefined) found.set(descriptor.digest, blob);
  });
  return found;
}

/** One that is not in the layout is never opened unless the registry insists on it. */
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

/** What is shown of it: layers of an image; of an index, only what its manifest says. */
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
