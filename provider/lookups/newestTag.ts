import { RegistryError } from "../errors.js";
import { flag, object, oneOf, registry, repositoryName, text } from "../arguments/schema.js";
import { parseTag } from "../oci/reference.js";
import { type Arguments, checkQuery, type LookupContext } from "./context.js";
import { acrOnly, inExisting, refuseWith } from "./listing.js";
import type { NewestTagQuery } from "./queries.js";
import type { NewestTagResult, TagResult } from "./results.js";
import { listTags } from "./tags.js";
import { compareTagVersions, parseTagVersion, type TagVersion, versionTest } from "./tagVersion.js";
import { doesNotExist, openPlace, type Place } from "./target.js";

const SCHEMA = object({
  repository: repositoryName,
  by: oneOf("time", "semver"),
  matching: text.optional(),
  range: text.optional(),
  prereleases: flag.optional(),
  registry: registry.optional(),
});

/**
 * Ordered by time, pages are read up to the first tag that matches. Ordered by version, all pages are
 * read; if the list has no digests, the tag found is looked up.
 */
export async function findNewestTag(
  args: Arguments<NewestTagQuery>,
  context: LookupContext,
): Promise<NewestTagResult> {
  checkQuery(SCHEMA, args);
  if (args.by === "time") refuseWith(args, '`by: "time"`', "range", "prereleases");
  const place = openPlace(args.repository, args.registry, context, ["metadata_read", "pull"]);
  const newest = await inExisting(place, () =>
    args.by === "time" ? lastMoved(place, args) : highestVersion(place, args),
  );
  if (newest === undefined) throw noSuchTag(place, args);
  const digest = newest.digest ?? (await digestOf(place, newest));
  return { loginServer: place.loginServer, repository: args.repository, ...newest, digest };
}

async function lastMoved(
  place: Place,
  { repository, matching }: NewestTagQuery,
): Promise<TagResult | undefined> {
  const query = { repository, matching, orderBy: "timedesc", limit: 1 } as const;
  try {
    return (await listTags(place, query))[0];
  } catch (error) {
    throw acrOnly(error, "by", place) ?? error;
  }
}

async function highestVersion(
  place: Place,
  { repository, matching, range, prereleases }: NewestTagQuery,
): Promise<(TagResult & { version: string }) | undefined> {
  const isWanted = versionTest(range, prereleases);
  const tags = await listTags(place, { repository, matching });
  const versions = tags.flatMap(({ name }) => parseTagVersion(name) ?? []);
  const [highest] = versions
    .filter(({ version }) => isWanted(version))
    .sort((a, b) => compareTagVersions(b, a));
  const tag = tags.find(({ name }) => name === highest?.tag);
  return tag && highest && { ...tag, version: written(highest) };
}

/** The version as semver.org writes it, with build metadata, which the library omits. */
function written({ version }: TagVersion): string {
  const build = version.build.join(".");
  return build === "" ? version.version : `${version.version}+${build}`;
}

async function digestOf(place: Place, { name, reference }: TagResult): Promise<string> {
  const found = await place.repository.manifests.resolve(parseTag(name));
  if (found === undefined) throw doesNotExist(reference, ": it was deleted a moment ago");
  return found.digest;
}

function noSuchTag(
  place: Place,
  { by, matching, range, prereleases }: NewestTagQuery,
): RegistryError {
  const conditions = [
    ...(by === "semver" ? ["that is a version"] : []),
    ...(range === undefined ? [] : [`in the range ${JSON.stringify(range)}`]),
    ...(by === "semver" && prereleases !== true ? ["and no pre-release"] : []),
    ...(matching === undefined ? [] : [`that matches ${JSON.stringify(matching)}`]),
  ];
  const what = ["no tag", ...conditions].join(" ");
  return new RegistryError("NOT_FOUND", `${place.name} has ${what}`, {
    method: "GET",
    url: place.name,
  });
}
