import { z } from "zod";
import { AcrError, hasCode, InputError } from "../errors.js";
import { expected } from "../arguments/inputMessages.js";
import { saysAbsent } from "../registry/refusal.js";
import { doesNotExist, type Place } from "./target.js";

const COUNT = "a whole number, at least 1";

/** The most items to return. */
export const limitSchema = z
  .number({ error: expected(COUNT) })
  .int({ error: expected(COUNT) })
  .positive({ error: expected(COUNT) })
  .optional();

/** The largest page that the service sends (Azure/acr#749); its default is 100. */
const LARGEST_PAGE = 1_000;

/**
 * Everything is read in large pages, except for an unfiltered listing with a limit: with a filter, it is
 * unknown how many items must be read.
 */
export function pageSizeFor(limit: number | undefined, filtered: boolean): number | undefined {
  if (limit === undefined) return LARGEST_PAGE;
  return filtered ? undefined : Math.min(limit, LARGEST_PAGE);
}

/**
 * At most `limit` items of a listing. Pages are read to the end of the listing or to the last item
 * needed; a listing that breaks off throws instead of returning a short list.
 */
export async function collect<T>(
  listing: AsyncIterable<T>,
  wanted: (item: T) => boolean | Promise<boolean>,
  limit = Infinity,
): Promise<T[]> {
  const found: T[] = [];
  for await (const item of listing) {
    if (await wanted(item)) found.push(item);
    if (found.length >= limit) break;
  }
  return found;
}

/** Throws if the repository does not exist, since an empty list would hide a misspelt name. */
export async function inExisting<T>(place: Place, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (saysAbsent(error, "NAME_UNKNOWN")) throw doesNotExist(place.name);
    throw error;
  }
}

/** The error for a choice that only ACR's listings support. */
export function acrOnly(error: unknown, what: string, place: Place): AcrError | undefined {
  if (!hasCode(error, "UNSUPPORTED")) return undefined;
  return new AcrError(
    "UNSUPPORTED",
    `${what}: only Azure Container Registry has what this needs, and ${place.loginServer} is not one`,
    { cause: error },
  );
}

/** Refuses members that belong to one choice and were given with another. */
export function refuseWith<T extends object>(
  args: T,
  choice: string,
  ...names: readonly (keyof T & string)[]
): void {
  const given = names.find((name) => args[name] !== undefined);
  if (given !== undefined) throw new InputError(given, `it has no meaning with ${choice}`);
}
