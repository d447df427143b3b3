import { z } from "zod";
import { AcrError, hasCode, InputError } from "../errors.js";
import { expected } from "../arguments/inputMessages.js";
import { saysAbsent } from "../registry/refusal.js";
import { doesNotExist, type Place } from "./target.js";

const COUNT = "a whole number, at least 1";

/** How many items are wanted. */
export const limitSchema = z
  .number({ error: expected(COUNT) })
  .int({ error: expected(COUNT) })
  .positive({ error: expected(COUNT) })
  .optional();

/** The most that the service answers, whatever is asked for (Azure/acr#749); 100 where nothing is asked for. */
const LARGEST_PAGE = 1_000;

/** What is read to its end is read in large pages. How much must be read for a limit is not known beside a filter. */
export function pageSizeFor(limit: number | undefined, filtered: boolean): number | undefined {
  if (limit === undefined) return LARGEST_PAGE;
  return filtered ? undefined : Math.min(limit, LARGEST_PAGE);
}

/**
 * The wanted items of a listing, at most `limit`. Every page is read to the end of the listing, or to
 * the last item that is wanted; a listing that breaks off is an error and never a short list.
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

/** A repository that is not there is an error: an empty list would hide a misspelt name. */
export async function inExisting<T>(place: Place, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (saysAbsent(error, "NAME_UNKNOWN")) throw doesNotExist(place.name);
    throw error;
  }
}

/** What only ACR's lists can do, named after what asked for it. */
export function acrOnly(error: unknown, what: string, place: Place): AcrError | undefined {
  if (!hasCode(error, "UNSUPPORTED")) return undefined;
  return new AcrError(
    "UNSUPPORTED",
    `${what}: only Azure Container Registry has what this needs, and ${place.loginServer} is not one`,
    { cause: error },
  );
}

/** Members that are for one choice only, and were given with another. */
export function refuseWith<T extends object>(
  args: T,
  choice: string,
  ...names: readonly (keyof T & string)[]
): void {
  const given = names.find((name) => args[name] !== undefined);
  if (given !== undefined) throw new InputError(given, `it has no meaning with ${choice}`);
}
