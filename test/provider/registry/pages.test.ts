import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { nextPage } from "../../../provider/registry/nextPage.js";
import { listPages, type Page } from "../../../provider/registry/pages.js";

const REQUEST = { origin: "https://r.example", path: "/acr/v1/a/b/_tags?n=1" };
const isProtocolError = (error: unknown): boolean => hasCode(error, "PROTOCOL");

describe("nextPage", () => {
  const taken: readonly [name: string, header: string | undefined, next: string | undefined][] = [
    ["no header", undefined, undefined],
    ["another relation", `</acr/v1/a/b/_tags?last=x>; rel="prev"`, undefined],
    ["a relation that only contains it", `</acr/v1/a/b/_tags?last=x>; rel="nextish"`, undefined],
    ["no relation", "</acr/v1/a/b/_tags?last=x>", undefined],
    [
      "ACR's, with the slash encoded",
      `</acr/v1/a%2Fb/_tags?last=1.0%2Bx&n=1&orderby=>; rel="next"`,
      "/acr/v1/a/b/_tags?last=1.0%2Bx&n=1&orderby=",
    ],
    ["a raw slash", `</acr/v1/a/b/_tags?last=a+b>; rel="next"`, "/acr/v1/a/b/_tags?last=a+b"],
    ["no quotes", "</acr/v1/a/b/_tags?last=x>;rel=next", "/acr/v1/a/b/_tags?last=x"],
    ["only a query", `<?last=x>; rel="next"`, "/acr/v1/a/b/_tags?last=x"],
    [
      "an absolute one",
      `<https://r.example/acr/v1/a/b/_tags?last=x>; rel="next"`,
      "/acr/v1/a/b/_tags?last=x",
    ],
    [
      "several links",
      `<?a>; rel="first", <?last=x>; title="a, b"; rel="last next", <?c>; rel="prev"`,
      "/acr/v1/a/b/_tags?last=x",
    ],
    ["a name beyond ASCII", `<?last=ä>; rel="next"`, "/acr/v1/a/b/_tags?last=%C3%A4"],
  ];
  for (const [name, header, next] of taken) {
    it(`reads ${name}`, () => assert.equal(nextPage(header, REQUEST), next));
  }

  const refused: readonly [name: string, header: string][] = [
    ["another host", `<https://evil.example/acr/v1/a/b/_tags?last=x>; rel="next"`],
    ["another host without a scheme", `<//evil.example/acr/v1/a/b/_tags>; rel="next"`],
    ["another scheme", `<http://r.example/acr/v1/a/b/_tags>; rel="next"`],
    ["another port", `<https://r.example:444/acr/v1/a/b/_tags>; rel="next"`],
    ["a user name", `<https://u@r.example/acr/v1/a/b/_tags>; rel="next"`],
    ["another listing", `</acr/v1/a/c/_tags?last=x>; rel="next"`],
    ["a way out", `</acr/v1/a/b/_tags/../../../oauth2/token>; rel="next"`],
    ["an unclosed bracket", `<?last=x; rel="next"`],
    ["text without a link", `rel="next"`],
    ["bytes that are not UTF-8", `</acr/v1/a/%ff/_tags?last=x>; rel="next"`],
    ["64 KiB", `<?last=${"x".repeat(65_536)}>; rel="next"`],
  ];
  for (const [name, header] of refused) {
    it(`refuses ${name}`, () => assert.throws(() => nextPage(header, REQUEST), isProtocolError));
  }
});

/** A listing as a registry serves it, `size` at a time. */
function served(items: readonly string[], size: number, asked: string[] = []) {
  return {
    origin: REQUEST.origin,
    path: "/v2/a/tags/list",
    key: (item: string) => item,
    fetch: (path: string): Promise<Page<string>> => {
      asked.push(path);
      const last = new URL(path, REQUEST.origin).searchParams.get("last");
      const start = last === null ? 0 : items.indexOf(last) + 1;
      const page = items.slice(start, start + size);
      const more = start + size < items.length;
      const query = `last=${encodeURIComponent(page.at(-1) ?? "")}`;
      const link = more ? `</v2/a/tags/list?${query}>; rel="next"` : undefined;
      return Promise.resolve({ items: page, link });
    },
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("listPages", () => {
  it("yields every item once and in order, whatever the page size", async () => {
    const items = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 50 }), async (names, size) => {
        const asked: string[] = [];
        assert.deepEqual(await all(listPages(served(names, size, asked))), names);
        assert.equal(asked.length, Math.max(1, Math.ceil(names.length / size)));
      }),
    );
  });

  it("lists 10,000 items", async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `v${index}`);
    assert.deepEqual(await all(listPages(served(names, 100))), names);
  });

  it("requests no page that is not needed", async () => {
    const asked: string[] = [];
    for await (const name of listPages(served(["a", "b", "c"], 1, asked))) {
      if (name === "b") break;
    }
    assert.equal(asked.length, 2);
  });

  for (const [after, rest] of [
    ["a", ["b", "c"]],
    ["c", []],
    ["gone", ["a", "b", "c"]],
  ] as const) {
    it(`begins after ${after}, even if the registry starts again`, async () => {
      const listing = { ...served(["a", "b", "c"], 10), after };
      assert.deepEqual(await all(listPages(listing)), rest);
    });
  }

  it("yields an item once that moved to a later page meanwhile", async () => {
    const pages = [
      ["a", "b"],
      ["b", "c"],
    ];
    const listing = {
      ...served([], 1),
      fetch: () => {
        const items = pages.shift() ?? [];
        const link = pages.length > 0 ? `<?last=b>; rel="next"` : undefined;
        return Promise.resolve({ items, link });
      },
    };
    assert.deepEqual(await all(listPages(listing)), ["a", "b", "c"]);
  });

  it("is empty if the registry says that nothing exists", async () => {
    const listing = { ...served([], 1), fetch: () => Promise.resolve(undefined) };
    assert.deepEqual(await all(listPages(listing)), []);
  });

  it("fails if the registry says so after a page", async () => {
    const pages = [{ items: ["a"], link: `<?last=a>; rel="next"` }, undefined];
    const listing = { ...served([], 1), fetch: () => Promise.resolve(pages.shift()) };
    const names = listPages(listing);
    assert.equal((await names.next()).value, "a");
    await assert.rejects(names.next(), (error: Error) => {
      assert.match(error.message, /^\/v2\/a\/tags\/list: .* is not complete: try again$/);
      return isProtocolError(error);
    });
  });

  const endless: readonly [name: string, page: (count: number) => Page<string>][] = [
    [
      "a link to itself",
      (count) => ({ items: [`${count}`], link: `</v2/a/tags/list>; rel="next"` }),
    ],
    ["a loop", (count) => ({ items: [`${count}`], link: `<?last=${count % 3}>; rel="next"` })],
    ["empty pages for ever", (count) => ({ items: [], link: `<?last=${count}>; rel="next"` })],
    ["the same page for ever", (count) => ({ items: ["a"], link: `<?last=${count}>; rel="next"` })],
    [
      "pages without end",
      (count) => ({ items: [`${count}`], link: `<?last=${count}>; rel="next"` }),
    ],
  ];
  for (const [name, page] of endless) {
    it(`fails for ${name}`, async () => {
      let count = 0;
      const listing = { ...served([], 1), fetch: () => Promise.resolve(page((count += 1))) };
      await assert.rejects(all(listPages(listing)), isProtocolError);
      assert.ok(count <= 10_000);
    });
  }
});
