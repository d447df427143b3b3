import type { Planning } from "./planning.js";

/**
 * Why nothing may go although something has expired: what cannot be seen or read could name any of it.
 */
export async function reasonToStop(planning: Planning): Promise<string | undefined> {
  const { repository, survey, options } = planning;
  const [unreadable] = survey.unreadable;
  if (unreadable !== undefined) {
    return (
      `the index ${unreadable} cannot be read, and may name any of them: make it readable ` +
      `(\`readEnabled\`), or delete it`
    );
  }
  const properties = await repository.attributes.repository(options);
  if (properties === undefined) return undefined;
  if (!properties.attributes.writeEnabled) {
    return "the repository is locked (writeEnabled=false): open it first";
  }
  const { manifestCount } = properties;
  if (manifestCount <= survey.present.size) return undefined;
  const hidden = manifestCount - survey.present.size - (await countNew(planning));
  if (hidden <= 0) return undefined;
  return (
    `${hidden} of the repository's manifests are hidden from listings (listEnabled=false), and could name any ` +
    `of them: show them first`
  );
}

/** Manifests that were pushed since the listing began. */
async function countNew({ repository, survey, options }: Planning): Promise<number> {
  let count = 0;
  const listing = { orderBy: "timedesc", pageSize: 10, ...options } as const;
  for await (const { digest } of repository.attributes.listManifests(listing)) {
    if (survey.present.has(digest)) break;
    count += 1;
  }
  return count;
}
