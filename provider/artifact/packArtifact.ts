import { limit } from "../concurrency/limit.js";
import { linkedSignal } from "../concurrency/linkedSignal.js";
import { InputError } from "../errors.js";
import { aborted } from "../http/clock.js";
import type { Blob } from "../oci/blob.js";
import type { Annotations, Descriptor } from "../oci/descriptor.js";
import { parseDigest } from "../oci/digest.js";
import { checkMediaType } from "../oci/mediaTypes.js";
import { assembleArtifact, type PackedArtifact } from "./assembleArtifact.js";
import { checkAnnotations } from "./packAnnotations.js";
import type { KnownLayer } from "./packBytes.js";
import { checkConfig, isEmptyConfig, packConfig, type ConfigInput } from "./packConfig.js";
import { packLayer, planLayer, type LayerInput, type LayerPlan } from "./packLayer.js";
import { checkTitlesTogether } from "./packTitle.js";

/** An artifact to pack. Paths are relative to the base directory. */
export interface ArtifactInput {
  /** Type of the artifact, as a media type. Required unless `config` has a type of its own. */
  readonly artifactType?: string | undefined;
  /** Default: one empty layer, as the specification recommends. */
  readonly layers?: readonly LayerInput[] | undefined;
  /** Default: the empty JSON document. */
  readonly config?: ConfigInput | undefined;
  readonly annotations?: Annotations | undefined;
  /** The manifest that this one is about, for example the image that an SBOM describes. */
  readonly subject?: Descriptor | undefined;
}

export interface PackArtifactOptions {
  /** Folder that relative paths start from. Default: the working directory. */
  readonly baseDirectory?: string | undefined;
  /** Layers packed earlier. Those that have not changed since are not compressed again. */
  readonly known?: readonly KnownLayer[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Layers read at the same time; hashing a file uses one of the four threads. */
const LAYERS_AT_ONCE = 4;

/**
 * Packs an artifact into the exact bytes to publish, without network. The result depends only on content,
 * names and executable bits; not on clock, locale, umask, user, order of directory listings, platform,
 * number of processors or version of Node.
 *
 * @throws InputError if an argument is invalid, before any file is read.
 * @throws PackError if a source is missing, unreadable, of an unsupported kind, or changes while it is read.
 */
export async function packArtifact(
  input: ArtifactInput,
  options: PackArtifactOptions = {},
): Promise<PackedArtifact> {
  const plans = planArtifact(input);
  const { config, layers } = await packAll(input.config, plans, options);
  const { artifactType, subject, annotations } = input;
  return assembleArtifact({ artifactType, config, layers, subject, annotations });
}

/** Checks everything that can be checked without reading a file. */
function planArtifact(input: ArtifactInput): readonly LayerPlan[] {
  checkConfig(input.config);
  if (input.artifactType !== undefined) checkMediaType(input.artifactType, "artifactType");
  else if (isEmptyConfig(input.config)) {
    throw new InputError(
      "artifactType",
      `an artifact without a config needs an artifactType, for example "application/vnd.example.docs" ` +
        `(image-spec, manifest.md, "Guidelines for Artifact Usage")`,
    );
  }
  checkAnnotations(input.annotations, "annotations");
  checkSubject(input.subject);
  const plans = (input.layers ?? []).map((layer, index) => planLayer(layer, `layers[${index}]`));
  checkTitlesTogether(
    plans.map(({ kind, ...plan }) => ({ ...plan, isDirectory: kind === "directory" })),
  );
  return plans;
}

/** Checks that the subject, if there is one, is a descriptor. */
function checkSubject(subject: Descriptor | undefined): void {
  if (subject === undefined) return;
  checkMediaType(subject.mediaType, "subject.mediaType");
  parseDigest(subject.digest, "subject.digest");
  if (!Number.isSafeInteger(subject.size) || subject.size < 0) {
    throw new InputError("subject.size", `${JSON.stringify(subject.size)} is not a size in bytes`);
  }
}

/**
 * Packs several layers at the same time. The first failure stops the others, and is thrown when they have
 * ended.
 */
async function packAll(
  config: ConfigInput | undefined,
  plans: readonly LayerPlan[],
  options: PackArtifactOptions,
): Promise<{ config: Blob; layers: Awaited<ReturnType<typeof packLayer>>[] }> {
  const baseDirectory = options.baseDirectory ?? process.cwd();
  const failed = new AbortController();
  const { signal, unlink } = linkedSignal(failed.signal, options.signal);
  const packing = { known: options.known, signal };
  const turn = limit(LAYERS_AT_ONCE);
  const run = <T>(task: () => Promise<T>): Promise<T> =>
    turn(async () => {
      signal.throwIfAborted();
      return await task();
    }).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  const configTask = run(() => packConfig(config, baseDirectory, packing));
  const layerTasks = plans.map((plan) => run(() => packLayer(plan, baseDirectory, packing)));
  await Promise.allSettled([configTask, ...layerTasks]);
  unlink();
  if (options.signal?.aborted === true) throw aborted(options.signal);
  failed.signal.throwIfAborted();
  return { config: await configTask, layers: await Promise.all(layerTasks) };
}
