import { ProtocolError } from "../errors.js";
import { digestOf, isDigest } from "../oci/digest.js";
import { DigestSet } from "../oci/digestSet.js";
import { nextPage } from "./nextPage.js";

/**
 * A million items in pages of 100, the service's default. A registry with more pages than this repeats
 * itself.
 */
const PAGE_LIMIT = 10_000;

export interface Page<T> {
  readonly items: readonly T[];
  /** The Link header. */
  readonly link: string | undefined;
}

export type PagePlace = "first" | "later";

export interface Listing<T> {
  readonly origin: string;
  /** Path and query of the first page. */
  readonly path: string;
  /**
   * Requests one page. `undefined` if the registry says that the thing to list does not exist, which it
   * can only say instead of the first page.
   */
  fetch(path: string, place: PagePlace): Promise<Page<T> | undefined>;
  /** Identifies an item: two items with the same key are the same. */
  key(item: T): string;
  /** The listing starts after the item with this key. */
  readonly after?: string | undefined;
}

/**
 * Yields each item of a listing once. Only a missing Link header marks the last page: a short page may
 * have a successor. It is an error if a listing makes no progress (a page with a successor has no new
 * items, or a link repeats), or if a page after the first is refused: ending there would make the missing
 * items look absent.
 */
export async function* listPages<T>(listing: Listing<T>): AsyncGenerator<T, void, undefined> {
  const seen = new DigestSet();
  const visited = new Set<string>();
  let path: string | undefined = listing.path;
  while (path !== undefined) {
    if (visited.has(path)) throw endless(listing, "a link to a page that was read already");
    if (visited.size >= PAGE_LIMIT) throw endless(listing, `more than ${PAGE_LIMIT} pages`);
    const place = visited.size === 0 ? "first" : "later";
    visited.add(path);
    const page: Page<T> | undefined = await listing.fetch(path, place);
    if (page === undefined && place === "first") return;
    if (page === undefined) throw cutShort(listing);
    const fresh = unseen(page.items, listing, seen);
    path = nextPage(page.link, { origin: listing.origin, path });
    if (path !== undefined && fresh.length === 0) {
      throw endless(listing, "a page with nothing new and a link to another one");
    }
    yield* place === "first" ? itemsAfter(fresh, listing) : fresh;
  }
}

/**
 * Drops the items up to `after`. Docker's registry ignores `last` and lists all tags again, which would
 * never end.
 */
function itemsAfter<T>(items: readonly T[], listing: Listing<T>): readonly T[] {
  return items.slice(items.findIndex((item) => listing.key(item) === listing.after) + 1);
}

function unseen<T>(items: readonly T[], listing: Listing<T>, seen: DigestSet): readonly T[] {
  return items.filter((item) => seen.add(keyDigest(listing.key(item))));
}

/** Keeps a few bytes of each key, however long it is, so that long listings need little memory. */
function keyDigest(key: string): string {
  return isDigest(key) ? key : digestOf(key);
}

function endless(listing: Listing<unknown>, what: string): ProtocolError {
  const [pathname] = listing.path.split("?");
  return new ProtocolError(`${pathname}: the registry's listing has no end: ${what}`);
}

function cutShort({ path }: Listing<unknown>): ProtocolError {
  const [pathname] = path.split("?");
  return new ProtocolError(
    `${pathname}: the registry began the listing and then said that there is nothing to list: what it lists may just ` +
      `have been deleted, or its link has expired. The listing is not complete: try again`,
  );
}
