/**
 * The `Link` to the next page: a relative URL with the requested path, parameters in alphabetical order,
 * always with `orderby` and without `api-version` (recorded: C11 #55; js SDK,
 * list_repositories_by_pages). No recorded one has `digest`, so the filter of a list of tags applies to
 * the first page only.
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
