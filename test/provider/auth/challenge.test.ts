import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { findChallenge, foreignRealm, parseChallenges } from "../../../provider/auth/challenge.js";

const origin = "https://myregistry.azurecr.io";

const cases: readonly {
  name: string;
  header: string | undefined;
  expected: readonly [string, Record<string, string>][];
}[] = [
  { name: "no header", header: undefined, expected: [] },
  { name: "an empty one", header: "", expected: [] },
  {
    // A recorded challenge of the service: no spaces after commas.
    name: "the service's",
    header:
      'Bearer realm="https://r/oauth2/token",service="r",scope="repository:a:pull,push",error="insufficient_scope"',
    expected: [
      [
        "bearer",
        {
          realm: "https://r/oauth2/token",
          service: "r",
          scope: "repository:a:pull,push",
          error: "insufficient_scope",
        },
      ],
    ],
  },
  {
    name: "two in one header",
    header: 'Basic realm="x", Bearer realm="y" , service=z',
    expected: [
      ["basic", { realm: "x" }],
      ["bearer", { realm: "y", service: "z" }],
    ],
  },
  { name: "a scheme alone", header: "Negotiate", expected: [["negotiate", {}]] },
  {
    name: "escaped quotes",
    header: 'Bearer realm="a\\"b"',
    expected: [["bearer", { realm: 'a"b' }]],
  },
  {
    name: "a repeated parameter: the first counts",
    header: 'Bearer realm="a",realm="b"',
    expected: [["bearer", { realm: "a" }]],
  },
  {
    name: "an unterminated quote: what came before it",
    header: 'Bearer service="r",realm="https://evil',
    expected: [["bearer", { service: "r" }]],
  },
];

describe("parseChallenges", () => {
  for (const { name, header, expected } of cases) {
    it(name, () => {
      const actual = parseChallenges(header).map(({ scheme, parameters }) => [
        scheme,
        Object.fromEntries(parameters),
      ]);
      assert.deepEqual(actual, expected);
    });
  }

  it("accepts any text, in little time", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseChallenges(text)));
    const hostile = ['"', ",", "a=", 'a="\\', "Bearer ", "= "].map((part) =>
      part.repeat(64 * 1024),
    );
    for (const text of hostile) {
      const start = process.hrtime.bigint();
      parseChallenges(text);
      assert.ok(process.hrtime.bigint() - start < 500_000_000n, text.slice(0, 10));
    }
  });
});

describe("foreignRealm", () => {
  const realms: readonly [string, string | undefined][] = [
    [`${origin}/oauth2/token`, undefined],
    ["/token", undefined],
    ["http://myregistry.azurecr.io/oauth2/token", "myregistry.azurecr.io"],
    ["https://myregistry.azurecr.io:8443/", "myregistry.azurecr.io:8443"],
    ["https://myregistry.azurecr.io@evil.example/", "evil.example"],
    ["//evil.example/", "evil.example"],
    ["https://[", "something that is not a URL"],
  ];
  for (const [realm, expected] of realms) {
    it(realm, () => {
      const challenge = findChallenge(`Bearer realm="${realm}"`, "bearer");
      assert.ok(challenge);
      assert.equal(foreignRealm(challenge, origin), expected);
    });
  }
});
