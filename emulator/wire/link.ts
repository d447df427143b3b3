/**
 * The `Link` to the next page: relative, the path as it was asked for, keys in alphabetical order, `orderby` always
 * there and no `api-version` (recorded: C11 #55; js SDK, list_repositories_by_pages). No recorded one has a `digest`, so
 * the filter of a list of tags holds for its first page only.
 */
export function nextLink(path: string, query: NextPage): string {
  const parameters = new URLSearchParams();
  parameters.set("last", query.last);
  parameters.set("n", String(query.n));
  parameters.set("orderby", query.orderby);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}

export interface NextPage {
  readonly last: string;
  readonly n: number;
  readonly orderby: string;
}
