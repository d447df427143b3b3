import assert from "node:assert/strict";
import { describe, it } from "mocha";

import type { Emulator, EmulatorOptions } from "../../emulator/index.js";
import {
  image,
  imageManifest,
  ociManifest,
  otherImage,
  pushBlob,
  pushImage,
  referrer,
} from "./content.js";
import { type Received, asAdmin, basic, exchange, withEmulator } from "./exchange.js";

async function put(emulator: Emulator, reference: string, body: string): Promise<void> {
  const headers = { "content-type": ociManifest };
  const path = `/v2/a/manifests/${reference}`;
  const { status } = await asAdmin(emulator, path, { method: "PUT", headers, body });
  assert.equal(status, 201);
}

function text({ body }: Received): string {
  return body.toString();
}

describe("throttling by the emulator", () => {
  async function withClock(
    options: EmulatorOptions,
    work: (emulator: Emulator, wait: (ms: number) => void) => Promise<void>,
  ): Promise<void> {
    let now = Date.now();
    await withEmulator({ ...options, now: () => now }, (emulator) =>
      work(emulator, (ms) => {
        now += ms;
      }),
    );
  }

  it("counts by category, and Retry-After counts down to the next minute", () =>
    withClock({ throttling: { delete: 4 } }, async (emulator, wait) => {
      const remove = (): Promise<Received> =>
        asAdmin(emulator, "/acr/v1/none", { method: "DELETE" });
      for (let time = 0; time < 2; time += 1) assert.equal((await remove()).status, 404);
      wait(10_000);
      const refused = await remove();
      assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "50"]);
      assert.match(text(refused), /"code":"TOOMANYREQUESTS"/);
      wait(20_500);
      assert.equal((await remove()).headers["retry-after"], "30");
      assert.equal((await asAdmin(emulator, "/acr/v1/none")).status, 404);
      wait(30_000);
      assert.equal((await remove()).status, 404);
    }));

  it("limits an identity to half of the registry's rate", () =>
    withClock(
      { throttling: { read: 4 }, tokens: [{ name: "ci", password: "x", repositories: {} }] },
      async (emulator) => {
        const as = async (credentials: Emulator["credentials"]): Promise<number> => {
          const headers = { authorization: basic(credentials) };
          return (await exchange(`${emulator.url}/v2/`, { headers })).status;
        };
        const ci = { username: "ci", password: "x" };
        const statuses = [await as(emulator.credentials), await as(emulator.credentials)];
        assert.deepEqual(statuses, [200, 200]);
        assert.equal(await as(emulator.credentials), 429);
        assert.equal(await as(ci), 200);
        // The registry's own four are used up.
        assert.equal(await as(ci), 429);
      },
    ));

  it("listing referrers and the token endpoint have limits of their own", () =>
    withClock({ throttling: { listReferrers: 2, oauth: 1 } }, async (emulator) => {
      const list = `/v2/a/referrers/${image.digest}`;
      assert.equal((await asAdmin(emulator, list)).status, 200);
      assert.equal((await asAdmin(emulator, list)).status, 429);
      const token = "/oauth2/token?scope=registry:catalog:*";
      assert.equal((await asAdmin(emulator, token)).status, 200);
      assert.equal((await asAdmin(emulator, token)).status, 429);
      assert.equal((await asAdmin(emulator, "/v2/")).status, 200);
    }));

  it("the tiers are known by name", () =>
    withClock({ throttling: "basic" }, async (emulator) => {
      const list = (): Promise<Received> =>
        asAdmin(emulator, `/v2/a/referrers/${image.digest}`, { method: "GET" });
      const statuses = new Map<number, number>();
      for (let time = 0; time < 252; time += 1) {
        const { status } = await list();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      assert.deepEqual(
        [...statuses],
        [
          [200, 250],
          [429, 2],
        ],
      );
    }));
});

describe("the emulator's switches", () => {
  it("limits the size of a page, whatever is requested", () =>
    withEmulator({ largestPage: 2 }, async (emulator) => {
      for (const tag of ["1", "2", "3"]) await pushImage(emulator, "a", tag);
      const page = await asAdmin(emulator, "/v2/a/tags/list?n=1000");
      assert.deepEqual(JSON.parse(text(page)), { name: "a", tags: ["1", "2"] });
      assert.match(String(page.headers["link"]), /last=2&n=2&/);
    }));

  it("staleReadMs: attributes are late for readers, a lock is in force at once", async () => {
    let now = Date.now();
    await withEmulator({ staleReadMs: 1000, now: () => now }, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const tag = "/acr/v1/a/_tags/v1";
      const body = '{"deleteEnabled":false}';
      const patched = await asAdmin(emulator, tag, { method: "PATCH", body });
      assert.match(text(patched), /"deleteEnabled":true/);
      assert.match(text(await asAdmin(emulator, "/acr/v1/a/_tags")), /"deleteEnabled":true/);
      assert.equal((await asAdmin(emulator, tag, { method: "DELETE" })).status, 405);
      now += 1000;
      assert.match(text(await asAdmin(emulator, tag)), /"deleteEnabled":false/);
    });
  });

  it("referrerCascadeMs: referrers of a deleted subject go, too, and theirs", () =>
    withEmulator({ referrerCascadeMs: 1 }, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      await put(emulator, "other", otherImage.text);
      const signature = referrer("application/signature");
      const { digest, text: bytes } = signature;
      const subject = { mediaType: ociManifest, digest, size: bytes.length };
      for (const one of [signature, imageManifest({ subject })]) {
        await put(emulator, one.digest, one.text);
      }
      await asAdmin(emulator, `/v2/a/manifests/${image.digest}`, { method: "DELETE" });
      const count = async (): Promise<string> => text(await asAdmin(emulator, "/acr/v1/a"));
      while (!(await count()).includes('"manifestCount":1,')) await new Promise(setImmediate);
    }));

  for (const options of [{}, { referrersApi: false, referrerCascadeMs: 0 }]) {
    it(`they stay with ${JSON.stringify(options)}`, () => staysWith(options));
  }

  const staysWith = (options: EmulatorOptions): Promise<void> =>
    withEmulator(options, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const signature = referrer("application/signature");
      await put(emulator, signature.digest, signature.text);
      await asAdmin(emulator, `/v2/a/manifests/${image.digest}`, { method: "DELETE" });
      // By now a cascade of deletions would have begun.
      await new Promise((resolve) => setTimeout(resolve, 1));
      const path = `/v2/a/manifests/${signature.digest}`;
      assert.equal((await asAdmin(emulator, path, { method: "DELETE" })).status, 202);
    });

  const framing: readonly [EmulatorOptions["chunkedListings"], tags: number, chunked: boolean][] = [
    ["large", 1, false],
    ["large", 12, true],
    ["always", 1, true],
    ["never", 12, false],
  ];
  for (const [chunkedListings, tags, chunked] of framing) {
    it(`chunkedListings ${String(chunkedListings)}: ${String(tags)} tags`, () =>
      withEmulator({ chunkedListings: chunkedListings ?? "large" }, async (emulator) => {
        await pushImage(emulator, "a", "v0");
        for (let tag = 1; tag < tags; tag += 1) await put(emulator, `v${String(tag)}`, image.text);
        const { headers, body } = await asAdmin(emulator, "/acr/v1/a/_tags");
        assert.equal(headers["transfer-encoding"], chunked ? "chunked" : undefined);
        const length = chunked ? undefined : String(body.length);
        assert.equal(headers["content-length"], length);
        const list = JSON.parse(body.toString()) as { tags: object[] };
        assert.equal(list.tags.length, tags);
      }));
  }

  it("chunkCutBytes: a body beyond it ends with its connection", () =>
    withEmulator({ chunkCutBytes: 1000 }, async (emulator) => {
      const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
      const location = start.headers.location ?? "";
      const large = Buffer.alloc(8 * 1024 * 1024);
      await assert.rejects(asAdmin(emulator, location, { method: "PATCH", body: large }), (error) =>
        ["ECONNRESET", "EPIPE"].includes((error as { code: string }).code),
      );
      await pushBlob(emulator, "a", image);
    }));
});
