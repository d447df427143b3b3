import { object, registry, text } from "../arguments/schema.js";
import { type Arguments, checkQuery, type LookupContext, openRegistry } from "./context.js";
import { collect, limitSchema, pageSizeFor } from "./listing.js";
import { namePattern } from "./namePattern.js";
import type { RepositoriesQuery } from "./queries.js";
import type { RepositoriesResult } from "./results.js";

const SCHEMA = object({
  prefix: text.optional(),
  matching: text.optional(),
  limit: limitSchema,
  registry: registry.optional(),
});

/** Sends one request for each page of the catalog. */
export async function findRepositories(
  args: Arguments<RepositoriesQuery>,
  context: LookupContext,
): Promise<RepositoriesResult> {
  checkQuery(SCHEMA, args);
  const { prefix = "", matching, limit } = args;
  const matches = namePattern(matching);
  const opened = openRegistry(args.registry, context);
  const pageSize = pageSizeFor(limit, prefix !== "" || matching !== undefined);
  const repositories = await collect(
    opened.repositories({ pageSize }),
    (name) => name.startsWith(prefix) && matches(name),
    limit,
  );
  return { loginServer: opened.loginServer, repositories };
}
