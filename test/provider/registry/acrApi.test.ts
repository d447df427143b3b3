import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import { parseRepositoryName, parseTag } from "../../../provider/oci/reference.js";
import { AcrAttributes } from "../../../provider/registry/acrAttributes.js";
import { RemoteRegistry } from "../../../provider/registry/remoteRegistry.js";
import { RemoteTags } from "../../../provider/registry/remoteTags.js";
import { uploadSettings } from "../../../provider/registry/uploadSettings.js";
import { AT_ONCE } from "./fakeManifests.js";
import { ACR, FakeTransport, OTHER, refusal, type Reply } from "./fakeTransport.js";

const REPOSITORY = parseRepositoryName("a/b");
const TAG = parseTag("v1");
const ATTRIBUTES = {
  deleteEnabled: true,
  writeEnabled: false,
  readEnabled: true,
  listEnabled: true,
};
const TIMES = {
  createdTime: "2024-01-01T00:00:00.0000000Z",
  lastUpdateTime: "2024-01-02T00:00:00.0000000Z",
};
const DIGEST = `sha256:${"a".repeat(64)}`;
const TAG_ANSWER = {
  tag: { name: "v1", digest: DIGEST, ...TIMES, changeableAttributes: ATTRIBUTES },
};

function attributes(...replies: readonly (Reply | Error)[]) {
  const transport = FakeTransport.script(...replies);
  return {
    transport,
    store: new AcrAttributes({ transport, repository: REPOSITORY, actions: [] }),
  };
}

const json = (value: unknown): Reply => ({
  status: 200,
  headers: ACR,
  body: JSON.stringify(value),
});
const page404 = refusal("REJECTED", 404);
const html: Reply = { status: 200, headers: { "content-type": "text/html" }, body: "<html>" };

describe("what only ACR offers", () => {
  const unsupported: readonly [name: string, replies: readonly (Reply | Error)[]][] = [
    ["a 404 page, and a registry at /v2/", [page404, { status: 200, headers: OTHER }]],
    [
      "a 405 page, and a registry at /v2/",
      [refusal("REJECTED", 405), { status: 200, headers: OTHER }],
    ],
    ["a web page, and a registry at /v2/", [html, { status: 200, headers: OTHER }]],
    ["a 404 page, and a registry that wants a sign-in", [page404, { status: 401, headers: OTHER }]],
    [
      "a 404 page, and a registry's own refusal",
      [page404, refusal("UNAUTHORIZED", 401, "UNAUTHORIZED")],
    ],
  ];
  for (const [name, replies] of unsupported) {
    it(`is UNSUPPORTED after ${name}, and is not asked again`, async () => {
      const { transport, store } = attributes(...replies);
      for (let round = 0; round < 2; round += 1) {
        await assert.rejects(store.tag(TAG), (error) => hasCode(error, "UNSUPPORTED"));
      }
      assert.deepEqual(transport.journal, ["GET /acr/v1/a/b/_tags/v1", "GET /v2/"]);
    });
  }

  const undecided: readonly [
    name: string,
    replies: readonly (Reply | Error)[],
    code: Parameters<typeof hasCode>[1],
  ][] = [
    ["a 404 page, and ACR at /v2/", [page404, { status: 200, headers: ACR }], "REJECTED"],
    ["a 404 page, and a portal at /v2/", [page404, { status: 200, body: "<html>" }], "REJECTED"],
    ["a 404 page everywhere", [page404, page404], "REJECTED"],
    ["a web page everywhere", [html, html], "PROTOCOL"],
    [
      "a 404 page, and ACR's own refusal",
      [page404, withId(refusal("UNAUTHORIZED", 401, "UNAUTHORIZED"))],
      "REJECTED",
    ],
    ["a 404 page, and 401 without a word", [page404, refusal("UNAUTHORIZED", 401)], "REJECTED"],
    ["a refused token", [refusal("UNAUTHORIZED", 401)], "UNAUTHORIZED"],
    ["a lock", [refusal("LOCKED", 405, "REGISTRY_DISALLOWED_OPERATION")], "LOCKED"],
    ["an unreachable /v2/", [page404, refusal("UNAVAILABLE", undefined)], "UNAVAILABLE"],
  ];
  for (const [name, replies, code] of undecided) {
    it(`is neither absent nor UNSUPPORTED after ${name}`, async () => {
      const { transport, store } = attributes(...replies);
      await assert.rejects(store.tag(TAG), (error) => hasCode(error, code));
      assert.equal(transport.requests.length, replies.length);
    });
  }

  it("does not ask what the registry is once it answered as an ACR", async () => {
    const { transport, store } = attributes(json(TAG_ANSWER), page404);
    assert.equal((await store.tag(TAG))?.name, "v1");
    await assert.rejects(store.tag(TAG), (error) => hasCode(error, "REJECTED"));
    assert.equal(transport.requests.length, 2);
  });
});

function withId(error: Error): Error {
  return Object.assign(error, { correlationId: "1" });
}

describe("attributes", () => {
  for (const code of ["TAG_UNKNOWN", "NAME_UNKNOWN", "MANIFEST_UNKNOWN"]) {
    it(`are undefined for ${code}`, async () => {
      assert.equal(await attributes(refusal("NOT_FOUND", 404, code)).store.tag(TAG), undefined);
    });
  }

  it("are sent as a flat object with only the given ones", async () => {
    const { transport, store } = attributes(json(TAG_ANSWER));
    const wanted = { writeEnabled: false, deleteEnabled: undefined, other: 1 };
    assert.deepEqual(await store.updateTag(TAG, wanted), ATTRIBUTES);
    const [request] = transport.requests;
    assert.equal(request?.method, "PATCH");
    assert.equal(request.sent.toString(), `{"writeEnabled":false}`);
    assert.equal(request.headers?.["content-type"], "application/json");
    assert.deepEqual(request.scopes, [
      { type: "repository", repository: "a/b", actions: ["metadata_write"] },
    ]);
  });

  it("are not set if none is given, or if the subject does not exist", async () => {
    await assert.rejects(attributes().store.updateRepository({}), (e) =>
      hasCode(e, "INPUT_INVALID"),
    );
    const gone = refusal("NOT_FOUND", 404, "TAG_UNKNOWN");
    await assert.rejects(attributes(gone).store.updateTag(TAG, ATTRIBUTES), gone);
  });

  const malformed: readonly [name: string, answer: unknown][] = [
    ["without a tag", {}],
    ["without attributes", { tag: { name: "v1", digest: DIGEST, ...TIMES } }],
    [
      "with a text for a flag",
      { tag: { ...TAG_ANSWER.tag, changeableAttributes: { ...ATTRIBUTES, readEnabled: "yes" } } },
    ],
    ["with a path for a digest", { tag: { ...TAG_ANSWER.tag, digest: "../x" } }],
  ];
  for (const [name, answer] of malformed) {
    it(`are not guessed from an answer ${name}`, async () => {
      const { store } = attributes(json(answer), { status: 200, headers: ACR });
      await assert.rejects(store.tag(TAG), (error) => hasCode(error, "PROTOCOL"));
    });
  }
});

describe("tags", () => {
  it("are listed with the permission that ACR requires", async () => {
    const transport = FakeTransport.script(json({ name: "a/b", tags: ["x", "y"] }));
    const tags = new RemoteTags({ transport, repository: REPOSITORY, actions: [] });
    const names: string[] = [];
    for await (const name of tags.list({ pageSize: 7 })) names.push(name);
    assert.deepEqual(names, ["x", "y"]);
    assert.equal(transport.requests[0]?.path, "/v2/a/b/tags/list?n=7");
    assert.deepEqual(transport.requests[0].scopes, [
      { type: "repository", repository: "a/b", actions: ["metadata_read"] },
    ]);
  });

  it("are empty if the list is null or the repository unknown, and fail after a 404 page", async () => {
    for (const reply of [json({ tags: null }), refusal("NOT_FOUND", 404, "NAME_UNKNOWN")]) {
      const transport = FakeTransport.script(reply);
      const tags = new RemoteTags({ transport, repository: REPOSITORY, actions: [] });
      for await (const name of tags.list()) assert.fail(name);
    }
    const tags = new RemoteTags({
      transport: FakeTransport.script(page404),
      repository: REPOSITORY,
      actions: [],
    });
    await assert.rejects(tags.list()[Symbol.asyncIterator]().next(), page404);
  });
});

const SETTINGS = {
  uploads: uploadSettings({ pause: () => Promise.resolve() }),
  lookBack: AT_ONCE,
};

describe("repositories", () => {
  it("come from /v2/_catalog if there is no other catalog", async () => {
    const transport = FakeTransport.script(
      page404,
      { status: 200, headers: OTHER },
      {
        status: 200,
        headers: { ...OTHER, link: `</v2/_catalog?last=a&n=1>; rel="next"` },
        body: `{"repositories":["a"]}`,
      },
      { status: 200, headers: OTHER, body: `{"repositories":["b"]}` },
    );
    const names: string[] = [];
    for await (const name of new RemoteRegistry(transport, SETTINGS).repositories({
      pageSize: 1,
    })) {
      names.push(name);
    }
    assert.deepEqual(names, ["a", "b"]);
    assert.deepEqual(
      transport.requests.map(({ path }) => path),
      [
        "/acr/v1/_catalog?n=1&api-version=2021-07-01",
        "/v2/",
        "/v2/_catalog?n=1",
        "/v2/_catalog?last=a&n=1",
      ],
    );
  });

  it("are deleted with a list of what was deleted, in which null counts as empty", async () => {
    const reply = { ...json({ manifestsDeleted: [DIGEST], tagsDeleted: null }), status: 202 };
    const registry = new RemoteRegistry(FakeTransport.script(reply), SETTINGS);
    assert.deepEqual(await registry.deleteRepository("a/b"), { manifests: [DIGEST], tags: [] });
    const gone = FakeTransport.script(refusal("NOT_FOUND", 404, "NAME_UNKNOWN"));
    assert.equal(await new RemoteRegistry(gone, SETTINGS).deleteRepository("a/b"), undefined);
  });
});

describe("tags of one manifest", () => {
  const other = `sha256:${"b".repeat(64)}`;
  const named = (name: string, digest = DIGEST) => ({ ...TAG_ANSWER.tag, name, digest });

  it("are filtered on every page, even if the link has lost the filter", async () => {
    const link = `</acr/v1/a%2Fb/_tags?last=v1&n=1&orderby=>; rel="next"`;
    const { store, transport } = attributes(
      { ...json({ tags: [named("v1")] }), headers: { ...ACR, link } },
      {
        ...json({ tags: [named("v2", other)] }),
        headers: { ...ACR, link: link.replace("v1&", "v2&") },
      },
      json({ tags: [named("v3"), named("v4", other)] }),
    );
    const names: string[] = [];
    for await (const { name } of store.listTags({ digest: DIGEST })) names.push(name);
    assert.deepEqual(names, ["v1", "v3"]);
    assert.match(transport.requests[0]?.path ?? "", /[?&]digest=sha256%3Aa/);
  });
});
