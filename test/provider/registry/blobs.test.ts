import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it } from "mocha";
import { hasCode, PackError } from "../../../provider/errors.js";
import type { Blob } from "../../../provider/oci/blob.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { memoryBlob } from "../../../provider/oci/memoryBlob.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { RemoteBlobs } from "../../../provider/registry/remoteBlobs.js";
import { sharedPush } from "../../../provider/registry/sharedPush.js";
import { uploadSettings } from "../../../provider/registry/uploadSettings.js";
import type { PushOutcome } from "../../../provider/registry/repository.js";
import { ABSENT, FakeTransport, OTHER, refusal, type Reply } from "./fakeTransport.js";

const DIGEST = digestOf("x");
const FROM = parseRepositoryName("b");
const UNKNOWN = refusal("NOT_FOUND", 404, "BLOB_UNKNOWN");

function context(transport: FakeTransport) {
  return { transport, repository: parseRepositoryName("a"), actions: [] };
}

function failingChunks(error: Error): AsyncGenerator<Uint8Array> {
  return (async function* () {
    yield await Promise.resolve(new Uint8Array(1));
    throw error;
  })();
}

function blobs(...replies: readonly (Reply | Error)[]) {
  return over(FakeTransport.script(...replies));
}

function over(transport: FakeTransport) {
  return {
    transport,
    store: new RemoteBlobs(context(transport), uploadSettings({ pause: () => Promise.resolve() })),
  };
}

describe("existence of a blob", () => {
  const rows: readonly [
    name: string,
    replies: readonly (Reply | Error)[],
    exists: boolean,
    methods: string,
  ][] = [
    ["200", [{ status: 200 }], true, "HEAD"],
    ["307", [{ status: 307 }], true, "HEAD"],
    ["a signed 404", [ABSENT], false, "HEAD"],
    ["an unsigned 404 that GET confirms", [{ status: 404 }, UNKNOWN], false, "HEAD GET"],
    ["an unsigned 404 that GET contradicts", [{ status: 404 }, { status: 307 }], true, "HEAD GET"],
  ];
  for (const [name, replies, exists, methods] of rows) {
    it(`is ${exists} after ${name}`, async () => {
      const { transport, store } = blobs(...replies);
      assert.equal(await store.exists(DIGEST), exists);
      assert.equal(transport.methods, methods);
    });
  }

  it("fails after a web page, and after another digest", async () => {
    const page = blobs({ status: 404 }, refusal("REJECTED", 404)).store;
    await assert.rejects(page.exists(DIGEST), (error) => hasCode(error, "REJECTED"));
    const other = blobs({ status: 200, headers: { "docker-content-digest": digestOf("y") } }).store;
    await assert.rejects(other.exists(DIGEST), (error) => hasCode(error, "DIGEST_MISMATCH"));
  });
});

describe("mount of a blob", () => {
  it("is one request with both scopes", async () => {
    const { transport, store } = blobs({ status: 201 });
    assert.equal(await store.mount(DIGEST, FROM), true);
    assert.deepEqual(transport.requests[0]?.scopes, [
      { type: "repository", repository: "a", actions: ["pull", "push"] },
      { type: "repository", repository: "b", actions: ["pull"] },
    ]);
  });

  it("cancels the session that it gets instead", async () => {
    const location = "/v2/a/blobs/uploads/1?_state=x";
    const { transport, store } = blobs({ status: 202, headers: { location } }, { status: 204 });
    assert.equal(await store.mount(DIGEST, FROM), false);
    assert.equal(transport.requests[1]?.method, "DELETE");
    assert.equal(transport.requests[1].path, location);
  });

  it("succeeds even if cancelling fails", async () => {
    const opened = { status: 202, headers: { location: "/v2/a/blobs/uploads/1" } };
    const { transport, store } = blobs(opened, refusal("DENIED", 401));
    assert.equal(await store.mount(DIGEST, FROM), false);
    assert.equal(transport.requests[1]?.waitForAccess, false);
  });

  it("returns false for a missing repository", async () => {
    assert.equal(await blobs(UNKNOWN).store.mount(DIGEST, FROM), false);
    await assert.rejects(blobs(refusal("DENIED", 403)).store.mount(DIGEST, FROM));
  });

  it("only checks the blob if source and target are the same", async () => {
    const { transport, store } = blobs({ status: 200 });
    assert.equal(await store.mount(DIGEST, parseRepositoryName("a")), true);
    assert.equal(transport.methods, "HEAD");
  });
});

describe("delete of a blob", () => {
  it("tells whether it existed", async () => {
    assert.equal(await blobs({ status: 202 }).store.delete(DIGEST), true);
    assert.equal(await blobs(UNKNOWN).store.delete(DIGEST), false);
    await assert.rejects(blobs(refusal("REJECTED", 404)).store.delete(DIGEST));
  });
});

describe("pushes that share a blob", () => {
  const here = context(FakeTransport.script());
  const never = (): Promise<PushOutcome> => assert.fail("sent twice");
  const later = (settle: () => PushOutcome): Promise<PushOutcome> =>
    new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(settle());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  const failing = (error: Error) => (): Promise<PushOutcome> =>
    later(() => {
      throw error;
    });
  const sent = (): Promise<PushOutcome> => later(() => "uploaded");

  it("share the outcome", async () => {
    const first = sharedPush(here, DIGEST, sent);
    assert.equal(await sharedPush(here, DIGEST, never), "existed");
    assert.equal(await first, "uploaded");
  });

  it("share what the registry refused", async () => {
    const denied = refusal("DENIED", 403);
    const first = assert.rejects(sharedPush(here, DIGEST, failing(denied)), denied);
    await assert.rejects(sharedPush(here, DIGEST, never), denied);
    await first;
  });

  it("do not share it with another credential", async () => {
    const first = assert.rejects(sharedPush(here, DIGEST, failing(refusal("DENIED", 403))));
    const other = context(FakeTransport.script());
    assert.equal(await sharedPush(other, DIGEST, sent), "uploaded");
    await first;
  });

  it("do not share the failure of the first one's source", async () => {
    const changed = new PackError("SOURCE_CHANGED", "x", "changed");
    const first = assert.rejects(sharedPush(here, DIGEST, failing(changed)), changed);
    const others = [sharedPush(here, DIGEST, sent), sharedPush(here, DIGEST, never)];
    await first;
    assert.deepEqual(await Promise.all(others), ["uploaded", "existed"]);
  });

  const ways: readonly [name: string, failing: (error: Error) => Partial<Blob>][] = [
    ["cannot be opened", (error) => ({ open: () => Promise.reject(error) })],
    [
      "cannot be opened at once",
      (error) => ({
        open: () => {
          throw error;
        },
      }),
    ],
    ["break off", (error) => ({ open: () => Readable.from(failingChunks(error)) })],
    ["break off in a hurry", (error) => ({ readVerified: () => failingChunks(error) })],
  ];
  for (const [name, failing] of ways) {
    for (const size of [2, 70_000]) {
      it(`do not share how the first one's ${size} bytes ${name}, whoever refused them`, async () => {
        const { store } = over(
          new FakeTransport(({ method }) => TAKING[method] ?? { status: 204 }),
        );
        const blob = memoryBlob(new Uint8Array(size), { mediaType: "a/b" });
        const denied = refusal("DENIED", 403, "DENIED");
        const relayed = { ...blob, ...failing(denied) };
        const first = assert.rejects(store.push(relayed), (error) => error === denied);
        const second = store.push(blob);
        await first;
        assert.equal(await second, "uploaded");
      });
    }
  }

  it("can be aborted while waiting", async () => {
    const first = sharedPush(here, DIGEST, sent);
    const controller = new AbortController();
    const second = sharedPush(here, DIGEST, never, controller.signal);
    controller.abort();
    await assert.rejects(second);
    assert.equal(await first, "uploaded");
  });

  it("send again what the registry lost, even while another push only asks", async () => {
    const { store, transport } = blobs(...FOUND_THEN_TAKEN);
    const blob = memoryBlob(new Uint8Array(70_000), { mediaType: "a/b" });
    const asking = store.push(blob);
    const sending = store.push(blob, { askFirst: false });
    assert.deepEqual(await Promise.all([asking, sending]), ["existed", "uploaded"]);
    assert.equal(transport.methods, "HEAD POST PUT");
  });
});

/** Says that a blob exists when asked, but opens a session for an upload. */
const FOUND_THEN_TAKEN: readonly Reply[] = [
  { status: 200, headers: OTHER },
  { status: 202, headers: { ...OTHER, location: "/v2/a/blobs/uploads/1" } },
  { status: 201 },
];

/** A registry without blobs that accepts every upload in a session. */
const TAKING: Readonly<Record<string, Reply>> = {
  HEAD: ABSENT,
  POST: { status: 202, headers: { ...OTHER, location: "/v2/a/blobs/uploads/1" } },
  PUT: { status: 201 },
};
