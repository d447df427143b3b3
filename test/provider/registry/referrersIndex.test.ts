import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { hasCode } from "../../../provider/errors.js";
import type { RegistryRequest, Transport } from "../../../provider/http/transport.js";
import type { Descriptor } from "../../../provider/oci/descriptor.js";
import { digestOf } from "../../../provider/oci/digest.js";
import { OCI_MANIFEST } from "../../../provider/oci/mediaTypes.js";
import { parseRepositoryName } from "../../../provider/oci/reference.js";
import { type LookBack, ReferrersIndex } from "../../../provider/registry/referrersIndex.js";
import { referrersTag } from "../../../provider/registry/referrersDocument.js";
import { AT_ONCE } from "./fakeManifests.js";
import { FakeTransport, OTHER, refusal } from "./fakeTransport.js";
import { TagRegistry } from "./tagRegistry.js";

const SUBJECT = digestOf("subject");
const TAG = referrersTag(SUBJECT);
const NAME = parseRepositoryName("a");

const entry = (name: string): Descriptor => ({
  mediaType: OCI_MANIFEST,
  digest: digestOf(name),
  size: 1,
  artifactType: "a/b",
});
const [OURS, THEIRS, MORE] = [entry("ours"), entry("theirs"), entry("more")];

describe("the referrers tag", () => {
  let registry: TagRegistry;
  beforeEach(() => {
    registry = new TagRegistry();
  });

  const index = (lookBack: LookBack = AT_ONCE, transport: Transport = registry.transport) =>
    new ReferrersIndex({ transport, repository: NAME, actions: [] }, lookBack);
  const add = (referrer = OURS, lookBack?: LookBack) => index(lookBack).add(SUBJECT, referrer, {});
  const remove = (referrer = OURS) => index().remove(SUBJECT, referrer.digest, {});

  describe("costs", () => {
    const rows: readonly [
      string,
      readonly Descriptor[] | undefined,
      () => Promise<void>,
      string,
    ][] = [
      ["three requests for the first referrer", undefined, add, "GET PUT GET"],
      ["four with the old list, which is deleted", [THEIRS], add, "GET PUT GET DELETE"],
      ["one where the referrer is listed", [OURS], add, "GET"],
      ["four to take one out", [OURS, THEIRS], remove, "GET PUT GET DELETE"],
      ["three to take the last one out", [OURS], remove, "GET DELETE GET"],
      ["one where it is not listed", [THEIRS], remove, "GET"],
      ["one where there is no list", undefined, remove, "GET"],
    ];
    for (const [name, entries, change, methods] of rows) {
      it(name, async () => {
        if (entries !== undefined) registry.put(TAG, entries);
        await change();
        assert.equal(registry.transport.methods, methods);
        assert.ok(registry.manifests.size <= 1, "a list that nothing names is left");
      });
    }
  });

  it("is written only if unchanged, if the registry supports conditions", async () => {
    await add();
    await add(THEIRS);
    const conditions = registry.transport.requests
      .filter(({ method }) => method === "PUT")
      .map(({ headers = {} }) => headers["if-match"] ?? headers["if-none-match"]);
    const first = digestOf(registry.transport.requests[1]?.sent ?? "");
    assert.deepEqual(conditions, ["*", `"${first}"`]);
  });

  it("does not wait for permission to delete old lists", async () => {
    registry.put(TAG, [THEIRS]);
    registry.before = ({ method }) => {
      if (method === "DELETE") throw refusal("DENIED", 403, "DENIED");
    };
    await add();
    assert.equal(registry.transport.requests.at(-1)?.method, "DELETE");
    assert.equal(registry.transport.requests.at(-1)?.waitForAccess, false);
  });

  it("is deleted with the last referrer, unless another list has replaced it", async () => {
    registry.put(TAG, [OURS]);
    await remove();
    assert.equal(registry.digests(TAG), undefined);
    registry.put(TAG, [OURS]);
    const last = registry.tags.get(TAG);
    registry.before = ({ method, path }) => {
      if (method === "DELETE" && path.endsWith(last ?? "")) registry.put(TAG, [OURS, THEIRS]);
    };
    await remove();
    assert.deepEqual(registry.digests(TAG), [THEIRS.digest]);
  });

  it("stays, empty, if nothing may be deleted", async () => {
    registry.deletes = false;
    registry.put(TAG, [OURS]);
    await remove();
    assert.deepEqual(registry.digests(TAG), []);
    assert.equal(registry.manifests.size, 2);
  });

  /** Somebody who read the list before our write, and writes theirs just before our request `at`. */
  function overwriteBefore(at: number, entries: readonly Descriptor[]): void {
    const { before } = registry;
    registry.before = (request, count) => {
      before(request, count);
      if (count === at) registry.put(TAG, entries);
    };
  }

  for (const conditional of [false, true]) {
    describe(conditional ? "with conditions" : "without conditions", () => {
      beforeEach(() => {
        registry.conditional = conditional;
      });

      it("restores an entry that was overwritten", async () => {
        registry.put(TAG, [MORE]);
        overwriteBefore(2, [MORE, THEIRS]);
        await add();
        assert.deepEqual(
          registry.digests(TAG),
          [MORE, THEIRS, OURS].map(({ digest }) => digest),
        );
      });

      it("restores it repeatedly", async () => {
        overwriteBefore(2, [THEIRS]);
        overwriteBefore(4, [THEIRS, MORE]);
        await add();
        assert.deepEqual(
          registry.digests(TAG),
          [THEIRS, MORE, OURS].map(({ digest }) => digest),
        );
      });

      it("gives up with an explanation if somebody always overwrites it", async () => {
        registry.before = ({ method }) => {
          if (method === "GET") registry.put(TAG, [THEIRS]);
        };
        await assert.rejects(add(), (error: Error) => {
          assert.match(error.message, /r\.example\/a:sha256-.* was overwritten .* 10 times/);
          return hasCode(error, "CONFLICT");
        });
      });
    });
  }

  it("loses no concurrent entry if the registry supports conditions", async () => {
    registry.conditional = true;
    registry.put(TAG, [MORE]);
    overwriteBefore(1, [MORE, THEIRS]);
    await add();
    assert.deepEqual(
      registry.digests(TAG),
      [MORE, THEIRS, OURS].map(({ digest }) => digest),
    );
  });

  it("is checked again after twice the time that the write took", async () => {
    let time = 0;
    const pauses: number[] = [];
    registry.before = () => {
      time += 100;
    };
    overwriteBefore(2, [THEIRS]);
    await add(OURS, {
      now: () => time,
      random: () => 0.5,
      pause: (ms) => Promise.resolve(void pauses.push(ms)),
    });
    assert.deepEqual(pauses, [500, 600]);
  });

  it("drops entries of deleted manifests, which the registry would refuse", async () => {
    registry.put(TAG, [THEIRS, MORE]);
    registry.before = ({ method, sent }) => {
      if (method !== "PUT" || !sent.includes(THEIRS.digest)) return;
      throw Object.assign(refusal("REJECTED", 400, "MANIFEST_BLOB_UNKNOWN"), {
        diagnostics: [{ code: "MANIFEST_BLOB_UNKNOWN", message: "", detail: THEIRS.digest }],
      });
    };
    await add();
    assert.deepEqual(registry.digests(TAG), [MORE.digest, OURS.digest]);
  });

  it("is not written for a manifest that was deleted", async () => {
    registry.before = ({ method }) => {
      if (method !== "PUT") return;
      throw Object.assign(refusal("REJECTED", 400, "MANIFEST_BLOB_UNKNOWN"), {
        diagnostics: [{ code: "MANIFEST_BLOB_UNKNOWN", message: "", detail: OURS.digest }],
      });
    };
    await assert.rejects(add(), (error) => hasCode(error, "CONFLICT"));
    assert.equal(registry.transport.methods, "GET PUT");
  });

  describe("in one process", () => {
    it("writes all waiting changes together, through any repository object", async () => {
      const referrers = Array.from({ length: 20 }, (_, number) => entry(String(number)));
      await Promise.all(referrers.map((referrer) => add(referrer)));
      assert.deepEqual(
        registry.digests(TAG),
        referrers.map(({ digest }) => digest),
      );
      assert.equal(registry.transport.methods, "GET PUT GET");
    });

    it("lets clients take turns", async () => {
      const { loginServer, origin } = registry.transport;
      const second = {
        loginServer,
        origin,
        send: (request: RegistryRequest) => registry.transport.send(request),
      };
      const running = [add(OURS), index(AT_ONCE, second).add(SUBJECT, THEIRS, {}), add(MORE)];
      await Promise.all(running);
      const listed = new Set(registry.digests(TAG));
      assert.deepEqual(listed, new Set([OURS, MORE, THEIRS].map(({ digest }) => digest)));
    });

    it("reports a failure to everybody, and works again afterwards", async () => {
      registry.before = () => {
        throw refusal("UNAVAILABLE", 503);
      };
      const results = await Promise.allSettled([add(), add(THEIRS)]);
      assert.ok(
        results.every((one) => one.status === "rejected" && hasCode(one.reason, "UNAVAILABLE")),
      );
      registry.before = () => undefined;
      await add();
      assert.deepEqual(registry.digests(TAG), [OURS.digest]);
    });

    it("continues for the others when one gives up, and stops when all do", async () => {
      const [first, second] = [new AbortController(), new AbortController()];
      const stopped: boolean[] = [];
      const transport = new FakeTransport(({ signal }, count) => {
        if (count === 0) first.abort();
        if (count === 1) second.abort();
        stopped.push(signal?.aborted === true);
        if (signal?.aborted === true) throw refusal("UNAVAILABLE", 503);
        if (count === 0) throw refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");
        return { status: 201, headers: OTHER };
      });
      const one = index(AT_ONCE, transport);
      const results = await Promise.allSettled([
        one.add(SUBJECT, OURS, { signal: first.signal }),
        one.add(SUBJECT, THEIRS, { signal: second.signal }),
      ]);
      assert.ok(
        results.every((one) => one.status === "rejected" && hasCode(one.reason, "ABORTED")),
      );
      assert.deepEqual(stopped, [false, true]);
    });
  });
});
