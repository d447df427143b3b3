import { limit as limitTo } from "../concurrency/limit.js";
import { flag, mediaType, object, oneOf, registry, repositoryName } from "../arguments/schema.js";
import { parseDigest } from "../oci/digest.js";
import type { ManifestProperties } from "../registry/attributes.js";
import { type Arguments, checkQuery, type LookupContext } from "./context.js";
import { fetchManifest } from "./fetchManifest.js";
import { acrOnly, collect, inExisting, limitSchema, pageSizeFor } from "./listing.js";
import { artifactTypeOf } from "./manifestResults.js";
import { metadataOf } from "./metadata.js";
import type { ManifestsQuery } from "./queries.js";
import type { ManifestResult, ManifestsResult } from "./results.js";
import { openPlace, type Place } from "./target.js";

const SCHEMA = object({
  repository: repositoryName,
  mediaType: mediaType.optional(),
  configMediaType: mediaType.optional(),
  artifactType: mediaType.optional(),
  tagged: flag.optional(),
  orderBy: oneOf("timedesc", "timeasc").optional(),
  limit: limitSchema,
  registry: registry.optional(),
});

/** Manifests read at the same time to learn their types. */
const READ_AT_ONCE = 6;

/**
 * Sends one request for each page, and with `artifactType` one for each manifest that the other choices
 * leave.
 */
export async function findManifests(
  args: Arguments<ManifestsQuery>,
  context: LookupContext,
): Promise<ManifestsResult> {
  checkQuery(SCHEMA, args);
  const place = openPlace(args.repository, args.registry, context, ["metadata_read", "pull"]);
  const listed = await inExisting(place, () => list(place, args));
  const manifests = args.artifactType === undefined ? listed : await ofType(place, listed, args);
  return { loginServer: place.loginServer, repository: args.repository, manifests };
}

async function list(place: Place, query: ManifestsQuery): Promise<ManifestResult[]> {
  const { mediaType, configMediaType, tagged, artifactType, orderBy } = query;
  const filters = [mediaType, configMediaType, tagged, artifactType];
  // The type of a manifest is only known once it is read.
  const limit = artifactType === undefined ? query.limit : undefined;
  const filtered = filters.some((filter) => filter !== undefined);
  const wanted = (manifest: ManifestProperties): boolean =>
    (mediaType === undefined || manifest.mediaType === mediaType) &&
    (configMediaType === undefined || manifest.configMediaType === configMediaType) &&
    (tagged === undefined || manifest.tags.length > 0 === tagged);
  try {
    const options = { orderBy, pageSize: pageSizeFor(limit, filtered), mustExist: true };
    const found = await collect(place.repository.attributes.listManifests(options), wanted, limit);
    return found.map((manifest) => resultOf(manifest, place));
  } catch (error) {
    throw acrOnly(error, "manifests", place) ?? error;
  }
}

async function ofType(
  place: Place,
  listed: readonly ManifestResult[],
  { artifactType, limit }: ManifestsQuery,
): Promise<ManifestResult[]> {
  let found: ManifestResult[] = [];
  // With a limit, manifests are read in small groups, so that few are read in vain. Without one, all are
  // read at once.
  const group = limit === undefined ? listed.length : READ_AT_ONCE;
  const inTurn = limitTo(READ_AT_ONCE);
  for (let start = 0; start < listed.length && found.length < (limit ?? Infinity); start += group) {
    const read = listed.slice(start, start + group);
    const types = await Promise.all(read.map((one) => inTurn(() => typeOf(place, one))));
    found = [...found, ...read.filter((_, index) => types[index] === artifactType)];
  }
  return found.slice(0, limit).map((one) => ({ ...one, artifactType }));
}

/** A manifest that was deleted since it was listed has no type. */
async function typeOf(place: Place, { digest }: ManifestResult): Promise<string | undefined> {
  const found = await fetchManifest(place, parseDigest(digest));
  return found && artifactTypeOf(found.manifest);
}

function resultOf(manifest: ManifestProperties, place: Place): ManifestResult {
  const { digest, mediaType, configMediaType, architecture, os, size, tags } = manifest;
  return {
    digest,
    reference: place.nameOf(digest),
    mediaType,
    ...(configMediaType === undefined ? {} : { configMediaType }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(os === undefined ? {} : { os }),
    imageSize: size,
    tags,
    ...metadataOf(manifest),
  };
}
