import type { OutgoingHttpHeaders } from "node:http";

import { refuse } from "../http/answer.js";
import { nextLink } from "../wire/link.js";
import type { Call } from "./call.js";

/** An entry of a list, with the key for `last` and the time of its last change. */
export interface Listed {
  readonly key: string;
  readonly lastUpdateTime: string;
}

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly headers: OutgoingHttpHeaders;
}

/**
 * The requested page, with the next one in `Link`. The last page has no `Link`, even if it is full (go
 * SDK, NewListTagsPager).
 */
export function pageOf<Entry extends Listed>(call: Call, all: readonly Entry[]): Page<Entry> {
  const orderby = call.query.get("orderby") ?? "";
  const n = pageSize(call);
  const compare = order(orderby);
  const sorted = [...all].sort(compare);
  const last = call.query.get("last") ?? "";
  const rest = last === "" ? sorted : after(call, sorted, last, compare);
  const entries = rest.slice(0, n);
  const end = entries.at(-1);
  if (end === undefined || rest.length <= n) return { entries, headers: {} };
  call.service.cursors.remember(cursorKey(call, end.key), end.lastUpdateTime);
  const link = nextLink(call.request.path, { last: end.key, n, orderby });
  return { entries, headers: { Link: link } };
}

function pageSize(call: Call): number {
  const text = call.query.get("n");
  const { pageSize, largestPage } = call.service.settings;
  if (text === null || text === "") return Math.min(pageSize, largestPage);
  // 0 gives an empty page: OCI distribution-spec 1.1, "Listing Tags".
  if (/^\d+$/.test(text)) return Math.min(Number(text), largestPage);
  // The code of OCI distribution's reference server; the service's answer is unknown.
  return refuse(400, {
    code: "PAGINATION_NUMBER_INVALID",
    message: "invalid number of results requested",
    detail: { n: text },
  });
}

type Order = (left: Listed, right: Listed) => number;

function order(orderby: string): Order {
  if (orderby === "timeasc") return (a, b) => compareText(a.lastUpdateTime, b.lastUpdateTime);
  if (orderby === "timedesc") return (a, b) => compareText(b.lastUpdateTime, a.lastUpdateTime);
  return (a, b) => compareText(a.key, b.key);
}

/** The entries after `last`. Ordered by time, `last` also works if its entry was deleted meanwhile. */
function after<Entry extends Listed>(
  call: Call,
  sorted: readonly Entry[],
  last: string,
  compare: Order,
): readonly Entry[] {
  const known = sorted.find(({ key }) => key === last);
  const lastUpdateTime =
    known?.lastUpdateTime ?? call.service.cursors.recall(cursorKey(call, last)) ?? "";
  const place = { key: last, lastUpdateTime };
  return sorted.filter((entry) => compare(entry, place) > 0);
}

function cursorKey(call: Call, last: string): string {
  return `${call.request.path} ${last}`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
