import { hasCode } from "../errors.js";
import { object, registry } from "../arguments/schema.js";
import { isDigest } from "../oci/digest.js";
import { type Arguments, checkQuery, type LookupContext } from "./context.js";
import { type FoundManifest, requireManifest } from "./fetchManifest.js";
import { artifactTypeOf, contentOf, layerOf, manifestOf } from "./manifestResults.js";
import { metadataOf } from "./metadata.js";
import type { ManifestQuery } from "./queries.js";
import type { ArtifactResult, MetadataResult } from "./results.js";
import { MANIFEST_QUERY, openTarget, type Place, type Target } from "./target.js";

const SCHEMA = object({ ...MANIFEST_QUERY, registry: registry.optional() });

/**
 * Sends one request for the manifest, and with ACR two more: for the metadata of the manifest and of the
 * tag.
 */
export async function findArtifact(
  args: Arguments<ManifestQuery>,
  context: LookupContext,
): Promise<ArtifactResult> {
  checkQuery(SCHEMA, args);
  const target = openTarget(args, context, ["pull", "metadata_read"]);
  const found = await requireManifest(target);
  return {
    loginServer: target.loginServer,
    repository: target.repository.name,
    ...(isDigest(target.reference) ? {} : { tag: target.reference }),
    ...describe(found, target),
    ...(await metadata(target, found)),
  };
}

type Described = Omit<ArtifactResult, "loginServer" | "repository" | keyof MetadataResult>;

function describe({ manifest, fetched }: FoundManifest, place: Place): Described {
  const { config, subject, annotations } = manifest;
  const artifactType = artifactTypeOf(manifest);
  return {
    ...contentOf(fetched.descriptor),
    reference: place.nameOf(fetched.descriptor.digest),
    annotations,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(config === undefined ? {} : { configMediaType: config.mediaType }),
    ...(subject === undefined ? {} : { subject: contentOf(subject) }),
    layers: manifest.layers.map(layerOf),
    manifests: manifest.manifests.map((one) => manifestOf(one, place)),
  };
}

type ArtifactMetadata = MetadataResult & Pick<ArtifactResult, "tags" | "tagMetadata">;

/**
 * Metadata that only ACR has. If the registry is not an ACR, or the identity may pull but not read
 * metadata, the artifact is returned without it.
 */
async function metadata(target: Target, { fetched }: FoundManifest): Promise<ArtifactMetadata> {
  const { attributes } = target.repository;
  const { digest } = fetched.descriptor;
  const options = { waitForAccess: false };
  try {
    const [manifest, tag] = await Promise.all([
      attributes.manifest(digest, options),
      isDigest(target.reference) ? undefined : attributes.tag(target.reference, options),
    ]);
    return {
      ...(manifest === undefined ? {} : { ...metadataOf(manifest), tags: manifest.tags }),
      ...(tag === undefined ? {} : { tagMetadata: metadataOf(tag) }),
    };
  } catch (error) {
    if (hasCode(error, "UNSUPPORTED", "DENIED", "UNAUTHORIZED")) return {};
    throw error;
  }
}
