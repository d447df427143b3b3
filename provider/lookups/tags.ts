import { hasCode } from "../errors.js";
import { digest, object, oneOf, registry, repositoryName, text } from "../arguments/schema.js";
import { parseTag } from "../oci/reference.js";
import type { TagProperties } from "../registry/attributes.js";
import { type Arguments, checkQuery, type LookupContext } from "./context.js";
import { acrOnly, collect, inExisting, limitSchema, pageSizeFor } from "./listing.js";
import { metadataOf } from "./metadata.js";
import { namePattern, type NameTest } from "./namePattern.js";
import type { TagsQuery } from "./queries.js";
import type { TagResult, TagsResult } from "./results.js";
import { openPlace, type Place } from "./target.js";

const SCHEMA = object({
  repository: repositoryName,
  matching: text.optional(),
  digest: digest.optional(),
  orderBy: oneOf("timedesc", "timeasc").optional(),
  limit: limitSchema,
  registry: registry.optional(),
});

/** Sends one request for each page of the list. */
export async function findTags(
  args: Arguments<TagsQuery>,
  context: LookupContext,
): Promise<TagsResult> {
  checkQuery(SCHEMA, args);
  const place = openPlace(args.repository, args.registry, context, ["metadata_read"]);
  const tags = await inExisting(place, () => listTags(place, args));
  return { loginServer: place.loginServer, repository: args.repository, tags };
}

/** Lists tags. The registry's own error says that a repository does not exist. */
export async function listTags(place: Place, query: TagsQuery): Promise<TagResult[]> {
  const wanted = namePattern(query.matching);
  const pageSize = pageSizeFor(query.limit, query.matching !== undefined);
  const { digest, orderBy, limit } = query;
  const options = { digest, orderBy, pageSize, mustExist: true };
  try {
    const found = place.repository.attributes.listTags(options);
    const tags = await collect(found, ({ name }) => wanted(name), limit);
    return tags.map((tag) => tagOf(tag, place));
  } catch (error) {
    const argument = ["orderBy", "digest"].find((name) => query[name as keyof TagsQuery]);
    if (argument !== undefined) throw acrOnly(error, argument, place) ?? error;
    if (!hasCode(error, "UNSUPPORTED")) throw error;
  }
  return listNames(place, wanted, limit);
}

/**
 * All names are read before the limit applies, because not every registry lists them in the order that
 * the specification requires.
 */
async function listNames(
  place: Place,
  wanted: NameTest,
  limit: number | undefined,
): Promise<TagResult[]> {
  const names = await collect(place.repository.tags.list({ mustExist: true }), wanted);
  // Tags are ASCII.
  const first = names.sort((a, b) => (a < b ? -1 : 1)).slice(0, limit);
  return first.map((name) => ({ name, reference: place.nameOf(parseTag(name)) }));
}

export function tagOf(tag: TagProperties, place: Place): TagResult & { readonly digest: string } {
  const { name, digest } = tag;
  return { name, reference: place.nameOf(parseTag(name)), digest, ...metadataOf(tag) };
}
