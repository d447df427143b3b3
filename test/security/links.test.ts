import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode, type RegistryClient } from "pulumi-acr/client";
import { hostileRegistry, TOKEN } from "../support/hostileRegistry.js";

const DIGEST = `sha256:${"a".repeat(64)}`;

/** Every listing, with a valid page. */
const LISTS: Readonly<
  Record<string, readonly [(client: RegistryClient) => AsyncIterable<unknown>, object]>
> = {
  repositories: [(client) => client.repositories(), { repositories: ["a"] }],
  tags: [(client) => client.repository("a").tags.list(), { name: "a", tags: ["a"] }],
  "tags' properties": [
    (client) => client.repository("a").attributes.listTags(),
    { imageName: "a", tags: [] },
  ],
  "manifests' properties": [
    (client) => client.repository("a").attributes.listManifests(),
    { imageName: "a", manifests: [] },
  ],
  referrers: [
    (client) => client.repository("a").referrers.list(DIGEST),
    { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [] },
  ],
};

interface Places {
  readonly attacker: string;
  readonly path: string;
  readonly count: number;
}

const links: Readonly<Record<string, (places: Places) => string>> = {
  "another origin": ({ attacker, path }) => `<${attacker}${path}?last=x>; rel="next"`,
  "another origin without a scheme": ({ attacker, path }) =>
    `<${attacker.replace("https:", "")}${path}>; rel="next"`,
  "a user name in front of another host": ({ attacker, path }) =>
    `<https://127.0.0.1@${attacker.replace("https://", "")}${path}>; rel="next"`,
  "the token endpoint": () => '</oauth2/token?scope=x>; rel="next"',
  "another repository": () => '</v2/b/tags/list?last=x>; rel="next"',
  "a way out": ({ path }) => `<${path}/../../x>; rel="next"`,
  itself: ({ path }) => `<${path}>; rel="next"`,
  "pages without anything new": ({ path, count }) => `<${path}?last=${count}>; rel="next"`,
  "no closing bracket": ({ attacker }) => `<${attacker}/x; rel="next"`,
  "12 KiB": ({ attacker }) => `<${attacker}/${"x".repeat(12_000)}>; rel="next"`,
};

describe("§1.9: a Link that leads a listing elsewhere is refused", function () {
  this.timeout(20_000);
  for (const [listing, [list, page]] of Object.entries(LISTS)) {
    for (const [name, link] of Object.entries(links)) {
      it(`${listing}: ${name}`, async () => {
        const { client, attacker, registry } = await hostileRegistry(
          ({ attacker: to }) =>
            (request, response) => {
              const path = request.url?.split("?")[0] ?? "";
              const places = { attacker: to, path, count: registry.seen.length };
              response.writeHead(200, {
                link: link(places),
                "content-type": "application/vnd.oci.image.index.v1+json",
              });
              response.end(JSON.stringify(page));
            },
        );
        await assert.rejects(all(list(client)), (error: Error) => {
          assert.ok(hasCode(error, "PROTOCOL"), String(error));
          assert.ok(!error.message.includes(TOKEN) && error.message.length < 1000);
          return true;
        });
        assert.deepEqual(attacker.seen, []);
        assert.ok(registry.seen.length < 10, `${registry.seen.length} requests`);
        assert.ok(registry.seen.every(({ url }) => !url.startsWith("/oauth2/token?scope=x")));
      });
    }
  }
});

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of items) found.push(item);
  return found;
}
