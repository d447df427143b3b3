import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { blobsOf, FakeRegistry, MIB, UPLOADS } from "./fakeRegistry.js";
import { ACR, refusal, type Recorded, type Reply } from "./fakeTransport.js";
import { seededBlob } from "./seededBlob.js";

type Fault = Reply | Error | "drop" | undefined;

const cut = refusal("UNAVAILABLE", undefined);
/** Three chunks of 16 MiB. */
const SIZE = 40 * MIB;

/** A registry with this answer to the n-th request of a method. */
function failing(method: string, nth: number, fault: Fault): FakeRegistry {
  let seen = 0;
  return new FakeRegistry(ACR, (request) => {
    if (request.method === method) seen += 1;
    return request.method === method && seen === nth ? fault : undefined;
  });
}

const patched = ({ transport }: FakeRegistry): number[] =>
  transport.requests
    .filter(({ method }) => method === "PATCH")
    .map(({ sent }) => sent.length / MIB);

describe("a push that goes on in its upload session", () => {
  const rows: readonly [name: string, registry: FakeRegistry, methods: string, sent: number[]][] = [
    [
      "a cut PATCH",
      failing("PATCH", 3, cut),
      "HEAD POST PATCH PATCH PATCH HEAD GET PATCH PATCH PUT",
      [16, 16, 8, 4, 4],
    ],
    [
      "an answer to PATCH that was lost",
      failing("PATCH", 2, "drop"),
      "HEAD POST PATCH PATCH HEAD GET PATCH PATCH PUT",
      [16, 16, 4, 4],
    ],
    [
      "a stalled PATCH",
      failing("PATCH", 2, refusal("STALLED", undefined)),
      "HEAD POST PATCH PATCH HEAD GET PATCH PATCH PUT",
      [16, 16, 16, 8],
    ],
    [
      "a 500 to the last request, when everything is there",
      failing("PUT", 1, refusal("UNAVAILABLE", 500)),
      "HEAD POST PATCH PATCH PATCH PUT HEAD GET PUT",
      [16, 16, 8],
    ],
  ];
  for (const [name, registry, methods, sent] of rows) {
    it(`after ${name}`, async () => {
      const blob = seededBlob(SIZE, { piece: MIB });
      assert.equal(await blobsOf(registry.transport).push(blob), "uploaded");
      assert.equal(registry.transport.methods, methods);
      assert.deepEqual(patched(registry), sent);
      assert.ok(registry.holds(blob));
      assert.deepEqual(registry.cancelled, []);
    });
  }

  it("as often as it gets further", async () => {
    let patches = 0;
    const registry = new FakeRegistry(ACR, ({ method }) =>
      method === "PATCH" && ++patches % 2 === 0 ? cut : undefined,
    );
    const blob = seededBlob(SIZE, { piece: MIB });
    const settings = { attempts: 2, chunkSize: 4 * MIB };
    assert.equal(await blobsOf(registry.transport, settings).push(blob), "uploaded");
    assert.ok(registry.holds(blob));
    assert.equal(patches, 19);
    assert.equal(registry.transport.methods.match(/POST/g)?.length, 1);
  });

  it("in another one as well, however far the first one came", async () => {
    let [patches, asked] = [0, 0];
    const registry = new FakeRegistry(ACR, ({ method }) => {
      if (method === "GET" && ++asked === 2)
        return refusal("NOT_FOUND", 404, "BLOB_UPLOAD_UNKNOWN");
      return method === "PATCH" && ++patches >= 6 && patches % 2 === 0 ? cut : undefined;
    });
    const blob = seededBlob(SIZE, { piece: MIB });
    const settings = { attempts: 3, chunkSize: 4 * MIB };
    assert.equal(await blobsOf(registry.transport, settings).push(blob), "uploaded");
    assert.ok(registry.holds(blob));
    assert.equal(registry.transport.methods.match(/POST/g)?.length, 2);
  });

  it("and gives up where its sessions are lost again and again, however far each came", async () => {
    let patches = 0;
    const registry = new FakeRegistry(ACR, ({ method }) => {
      if (method === "POST") patches = 0;
      // Two cuts in each session; the upload continues after the first one.
      if (method === "PATCH") return ++patches % 2 === 0 ? cut : undefined;
      return method === "GET" && patches === 4
        ? refusal("NOT_FOUND", 404, "BLOB_UPLOAD_UNKNOWN")
        : undefined;
    });
    const settings = { chunkSize: 4 * MIB };
    await assert.rejects(
      blobsOf(registry.transport, settings).push(seededBlob(SIZE, { piece: MIB })),
      /gave up after 5 attempts/,
    );
    assert.equal(registry.transport.methods.match(/POST/g)?.length, 5);
  });

  it("and gives up where it does not get further", async () => {
    let patches = 0;
    const registry = new FakeRegistry(ACR, ({ method }) =>
      method === "PATCH" && ++patches > 1 ? cut : undefined,
    );
    await assert.rejects(
      blobsOf(registry.transport).push(seededBlob(SIZE, { piece: MIB })),
      /gave up after 5 attempts, the last one at \d+ of 41943040 bytes/,
    );
    // The first attempt made some progress.
    assert.equal(patches, 1 + 6);
    assert.equal(registry.cancelled.length, 1);
  });
});

describe("a push that starts anew because its upload session cannot be used any more", () => {
  const behind = (reply: Fault) => (request: Recorded, patches: number) => {
    if (request.method === "GET") return reply;
    return request.method === "PATCH" && patches === 2 ? cut : undefined;
  };
  const anew = "PATCH PATCH PATCH PATCH PATCH PATCH PATCH PATCH PATCH PATCH PUT";
  const answers: readonly [name: string, reply: Fault][] = [
    ["is forgotten", refusal("NOT_FOUND", 404, "BLOB_UPLOAD_UNKNOWN")],
    ["is not known by an older address", refusal("REJECTED", 404, "BLOB_UPLOAD_INVALID")],
    ["cannot be asked for", refusal("REJECTED", 405)],
    ["cannot be reached", cut],
    ["holds more than the blob", { status: 204, headers: place(`0-${SIZE}`) }],
    ["holds nothing", { status: 204, headers: place("0-0") }],
    ["does not say what it holds", { status: 204, headers: { location: `${UPLOADS}1` } }],
    ["leads elsewhere", { status: 204, headers: { ...place("0-9"), location: "https://evil/" } }],
  ];
  for (const [name, reply] of answers) {
    it(`since it ${name}`, async () => {
      let patches = 0;
      const registry = new FakeRegistry(ACR, (request) => {
        if (request.method === "PATCH") patches += 1;
        return behind(reply)(request, patches);
      });
      const blob = seededBlob(SIZE, { piece: MIB });
      assert.equal(await blobsOf(registry.transport).push(blob), "uploaded");
      assert.equal(
        registry.transport.methods,
        `HEAD POST PATCH PATCH HEAD GET DELETE POST ${anew}`,
      );
      assert.ok(registry.holds(blob));
    });
  }

  it("since it holds other bytes", async () => {
    let [patches, asked] = [0, 0];
    const registry = new FakeRegistry(ACR, ({ method }) => {
      if (method === "PATCH" && ++patches === 2) return cut;
      // One byte less than it holds, so one byte is sent twice.
      if (method !== "GET" || ++asked > 1) return undefined;
      return { status: 204, headers: place(`0-${16 * MIB - 2}`) };
    });
    const blob = seededBlob(SIZE, { piece: MIB });
    assert.equal(await blobsOf(registry.transport).push(blob), "uploaded");
    assert.ok(registry.holds(blob));
    assert.equal(registry.transport.methods.match(/POST/g)?.length, 2);
  });

  it("and is cancelled if the push is aborted meanwhile", async () => {
    const controller = new AbortController();
    const registry = new FakeRegistry(ACR, ({ method, path }) => {
      if (method === "PATCH" && !path.endsWith("=0")) return cut;
      if (method !== "GET") return undefined;
      controller.abort();
      return refusal("ABORTED", undefined);
    });
    const { signal } = controller;
    const blob = seededBlob(SIZE, { piece: MIB });
    await assert.rejects(blobsOf(registry.transport).push(blob, { signal }), (error) =>
      hasCode(error, "ABORTED"),
    );
    assert.equal(registry.transport.methods, "HEAD POST PATCH PATCH HEAD GET DELETE");
  });
});

function place(range: string): Readonly<Record<string, string>> {
  return { location: `${UPLOADS}1?_state=x`, range };
}
