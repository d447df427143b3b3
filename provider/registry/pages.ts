import { ProtocolError } from "../errors.js";
import { digestOf, isDigest } from "../oci/digest.js";
import { DigestSet } from "../oci/digestSet.js";
import { nextPage } from "./nextPage.js";

/** With the service's 100 items a page this is a million; a registry that goes on is not counting. */
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
   * Asks for one page; `undefined` if the registry says that what is listed does not exist, which it
   * can only say in place of the first page.
   */
  fetch(path: string, place: PagePlace): Promise<Page<T> | undefined>;
  /** What makes two items the same one. */
  key(item: T): string;
  /** The key that the listing begins behind. */
  readonly after?: string | undefined;
}

/**
 * All items of a listing, each once. The end is where the Link header is absent, and nothing else: a
 * short page may have a successor. A listing that does not get on (a page with a successor brings
 * nothing new, or a link comes twice) is an error, not an end; so is one that is refused after its
 * first page, since what was not listed would be taken for absent.
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
    yield* place === "first" ? behind(fresh, listing) : fresh;
  }
}

/** Docker's registry knows no `last`, and lists all tags again: whoever goes on by it would never come to an end. */
function behind<T>(items: readonly T[], listing: Listing<T>): readonly T[] {
  return items.slice(items.findIndex((item) => listing.key(item) === listing.after) + 1);
}

function unseen<T>(items: readonly T[], listing: Listing<T>, seen: DigestSet): readonly T[] {
  return items.filter((item) => seen.add(asDigest(listing.key(item))));
}

/** Long listings are to cost little memory: of each key a few bytes stay, whatever its length. */
function asDigest(key: string): string {
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
