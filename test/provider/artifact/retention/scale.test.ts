import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, it } from "mocha";
import {
  type FreshPlan,
  planRetention,
} from "../../../../provider/artifact/retention/planRetention.js";
import type { RetentionRules } from "../../../../provider/artifact/retention/rules.js";
import { digestOf } from "../../../../provider/oci/digest.js";
import { OCI_CONFIG, OCI_MANIFEST } from "../../../../provider/oci/mediaTypes.js";
import type { RepositoryName } from "../../../../provider/oci/reference.js";
import { remoteRepository } from "../../../../provider/registry/remoteRepository.js";
import type { Repository } from "../../../../provider/registry/repository.js";
import {
  ACR,
  FakeTransport,
  type Recorded,
  refusal,
  type Reply,
} from "../../registry/fakeTransport.js";

const MANIFESTS = 100_000;
const DAY = 86_400_000;
const ATTRIBUTES = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

/** One manifest, whose bytes and digest follow from its place, newest first. */
const bytesOf = (at: number): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    layers: [],
    annotations: { at: `${at}` },
  });
const digestAt = (at: number) => digestOf(bytesOf(at));

/** A registry that computes its answers and keeps nothing, so that all memory is the client's. */
class EndlessRegistry {
  readonly places = new Map<string, number>();
  onPage: (page: number) => void = () => undefined;
  readonly transport = new FakeTransport((request) => this.#answer(request));

  constructor(readonly tagged: boolean) {}

  asRepository(): Repository {
    const unused = { uploads: undefined as never, lookBack: undefined as never };
    return remoteRepository(this.transport, "team/app" as RepositoryName, unused);
  }

  #answer({ path }: Recorded): Reply {
    const url = new URL(path, "https://r.example");
    if (url.pathname.endsWith("/_manifests")) return this.#page(url);
    if (url.pathname.includes("/_tags")) return json({ tags: [] });
    if (url.pathname.includes("/manifests/")) return this.#manifest(url);
    if (url.pathname.includes("/referrers/")) return NO_REFERRERS;
    return json({
      ...{ imageName: "team/app", createdTime: "", lastUpdateTime: "" },
      ...{ manifestCount: MANIFESTS, tagCount: 0, changeableAttributes: ATTRIBUTES },
    });
  }

  #page(url: URL): Reply {
    const size = Number(url.searchParams.get("n"));
    if (url.searchParams.get("orderby") === "timeasc") return this.#oldest(size);
    // `last` is the last item's digest; its place is in the link beside it.
    const from = Number(url.searchParams.get("from") ?? 0);
    this.onPage(from / size);
    const places = Array.from({ length: Math.min(size, MANIFESTS - from) }, (_, at) => from + at);
    const next = from + size;
    const link = `<${url.pathname}?last=${digestAt(next - 1)}&n=${size}&orderby=timedesc&from=${next}>; rel="next"`;
    return json(
      { manifests: places.map((at) => this.#properties(at)) },
      next < MANIFESTS ? { link } : {},
    );
  }

  #oldest(size: number): Reply {
    const places = Array.from({ length: size }, (_, at) => MANIFESTS - 1 - at);
    return json({ manifests: places.map((at) => this.#properties(at)) });
  }

  #properties(at: number): object {
    const digest = digestAt(at);
    if (at >= MANIFESTS - 100) this.places.set(digest, at);
    const time = new Date((20_000 - at / 1_000) * DAY).toISOString().replace("Z", "0000Z");
    return {
      ...{ digest, imageSize: 1_000, createdTime: time, lastUpdateTime: time },
      ...{ mediaType: OCI_MANIFEST, configMediaType: OCI_CONFIG },
      ...(this.tagged ? { tags: [`build-${at}`] } : {}),
      changeableAttributes: ATTRIBUTES,
    };
  }

  #manifest(url: URL): Reply {
    const at = this.places.get(url.pathname.split("/").at(-1) ?? "");
    if (at === undefined) throw refusal("NOT_FOUND", 404, "MANIFEST_UNKNOWN");
    const headers = { ...ACR, "content-type": OCI_MANIFEST };
    return { status: 200, headers, body: bytesOf(at) };
  }
}

const NO_REFERRERS: Reply = {
  status: 200,
  headers: { ...ACR, "content-type": "application/vnd.oci.image.index.v1+json" },
  body: JSON.stringify({ schemaVersion: 2, manifests: [] }),
};

function json(document: object, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    ...{ status: 200, body: JSON.stringify(document) },
    headers: { ...ACR, ...headers, "content-type": "application/json" },
  };
}

const RULES: RetentionRules = { keepTags: [], untaggedOnly: false, includeLocked: true };

async function planFor(
  registry: EndlessRegistry,
  rules: Partial<RetentionRules>,
): Promise<{ fresh: FreshPlan; pages: number; others: number }> {
  const fresh = await planRetention({
    repository: registry.asRepository(),
    rules: { ...RULES, ...rules },
    declared: { digest: () => false, tag: () => false },
    options: {},
  });
  const pages = registry.transport.journal.filter((line) => line.endsWith("/_manifests")).length;
  return { fresh, pages, others: registry.transport.journal.length - pages };
}

/** Bytes that are still held after a collection of all garbage. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe("retention in a repository of 100,000 manifests", function () {
  this.timeout(60_000);

  const rows: readonly [name: string, tagged: boolean, rules: Partial<RetentionRules>][] = [
    ["keepNewest, tagged", true, { keepNewest: MANIFESTS - 10 }],
    ["keepNewest, untagged images", false, { keepNewest: MANIFESTS - 10 }],
    ["keepNewerThan", true, { keepNewerThan: "0d", cutoff: 19_900.0105 * DAY }],
  ];
  for (const [name, tagged, rules] of rows) {
    it(`${name}: as many requests as pages, and a few for each of ten victims`, async () => {
      const registry = new EndlessRegistry(tagged);
      const { fresh, pages, others } = await planFor(registry, rules);
      assert.equal(fresh.plan.manifests, 10);
      const oldest = Array.from({ length: 10 }, (_, at) => digestAt(MANIFESTS - 10 + at));
      assert.deepEqual(
        fresh.plan.victims.map(({ digest }) => digest),
        oldest,
      );
      // One more: the oldest, to which the listing must have come.
      assert.equal(pages, MANIFESTS / 1_000 + 1);
      assert.ok(others <= 10 * 4 + 1, `${others} other requests`);
    });
  }

  it("nothing to do: as many requests as pages, and no other", async () => {
    const { fresh, pages, others } = await planFor(new EndlessRegistry(true), {
      keepNewest: MANIFESTS,
    });
    assert.deepEqual([fresh.plan.victims, pages, others], [[], MANIFESTS / 1_000, 0]);
  });

  it("uses a few bytes for each manifest that stays", async () => {
    if (process.env[ALONE] === undefined) {
      // In a separate process, because garbage of other tests may be collected at any time.
      const args = [require.resolve("mocha/bin/mocha.js"), __filename, "--fgrep=holds a few bytes"];
      const env = { ...process.env, [ALONE]: "1" };
      const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
      assert.equal(status, 0, stdout);
      return;
    }
    const each = Math.min(await heldForEach(), await heldForEach(), await heldForEach());
    // Two sets of 64-bit values, at most a quarter full after growing, and requests under way.
    assert.ok(each < 100, `${each.toFixed(1)} bytes for each manifest`);
  });
});

const ALONE = "PULUMI_ACR_TEST_ALONE";

async function heldForEach(): Promise<number> {
  const registry = new EndlessRegistry(true);
  let [first, last] = [0, 0];
  registry.onPage = (page) => {
    if (page === 5) first = heldBytes();
    if (page === MANIFESTS / 1_000 - 1) last = heldBytes();
  };
  await planFor(registry, { keepNewest: MANIFESTS - 10 });
  assert.ok(last > 0, "the last page was asked for");
  return (last - first) / (MANIFESTS - 6_000);
}
