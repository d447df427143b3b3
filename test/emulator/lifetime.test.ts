import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";

import { startEmulator } from "../../emulator/index.js";
import { image, layer, otherImage, pushImage } from "./content.js";
import { asAdmin, exchange, withEmulator } from "./exchange.js";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "acr-emulator-test-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const reads = [
  "/acr/v1/_catalog",
  "/acr/v1/a",
  "/acr/v1/a/_tags",
  "/acr/v1/a/_manifests",
  "/v2/a/manifests/v1",
  "/acr/v1/gone",
];

describe("the emulator's lifetime", () => {
  it("content, attributes and times survive a restart in the same folder", () =>
    withFolder(async (dataDirectory) => {
      const answers: string[][] = [];
      for (const first of [true, false]) {
        await withEmulator({ dataDirectory }, async (emulator) => {
          if (first) {
            await pushImage(emulator, "a", "v1");
            await pushImage(emulator, "a", "v2", otherImage);
            await pushImage(emulator, "gone", "v1");
            await asAdmin(emulator, "/acr/v1/gone", { method: "DELETE" });
            await asAdmin(emulator, "/acr/v1/a/_tags/v2", { method: "DELETE" });
            const body = '{"deleteEnabled":false}';
            await asAdmin(emulator, "/acr/v1/a/_tags/v1", { method: "PATCH", body });
          }
          const texts: string[] = [];
          for (const path of reads) {
            const { body } = await asAdmin(emulator, path);
            texts.push(body.toString().replaceAll(emulator.loginServer, "HOST"));
          }
          answers.push(texts);
          const { headers } = await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`);
          const blob = await exchange(headers.location ?? "");
          assert.equal(blob.body.toString(), layer.text);
        });
      }
      assert.deepEqual(answers[1], answers[0]);
      assert.match(answers[1]?.[2] ?? "", /"deleteEnabled":false/);
    }));

  it("two emulators never work in one folder", () =>
    withFolder(async (dataDirectory) => {
      await withEmulator({ dataDirectory }, async () => {
        await assert.rejects(startEmulator({ dataDirectory }), /is in use by the emulator/);
      });
      await writeFile(join(dataDirectory, "lock"), String(process.pid));
      await withEmulator({ dataDirectory }, () => Promise.resolve());
      assert.equal(existsSync(join(dataDirectory, "lock")), false);
    }));

  it("an upload does not survive a restart, and its file is removed", () =>
    withFolder(async (dataDirectory) => {
      await withEmulator({ dataDirectory }, async (emulator) => {
        const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
        const location = start.headers.location ?? "";
        await asAdmin(emulator, location, { method: "PATCH", body: "half" });
        assert.equal(emulator.openUploads(), 1);
        assert.equal((await readdir(join(dataDirectory, "blobs", "uploads"))).length, 1);
      });
      assert.deepEqual(await readdir(join(dataDirectory, "blobs", "uploads")), []);
    }));

  it("without a folder nothing is left behind, even with uploads open", () =>
    withTemporaryDirectory(async (folder) => {
      const emulator = await startEmulator();
      await pushImage(emulator, "a", "v1");
      const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
      await asAdmin(emulator, start.headers.location ?? "", { method: "PATCH", body: "half" });
      assert.equal((await readdir(folder)).length, 1);
      await Promise.all([emulator.close(), emulator.close()]);
      assert.deepEqual(await readdir(folder), []);
      await assert.rejects(exchange(emulator.url), { code: "ECONNREFUSED" });
      await assert.rejects(exchange(emulator.storageUrl), { code: "ECONNREFUSED" });
    }));

  it("a port in use is an error and leaves nothing behind", () =>
    withTemporaryDirectory((folder) =>
      withEmulator({}, async (emulator) => {
        const port = Number(new URL(emulator.url).port);
        await assert.rejects(startEmulator({ port }), { code: "EADDRINUSE" });
        assert.equal((await readdir(folder)).length, 1);
      }),
    ));

  it("addresses that other machines can reach must be allowed explicitly", async () => {
    await assert.rejects(startEmulator({ host: "0.0.0.0" }), /loopback/);
    await withEmulator({ host: "0.0.0.0", allowNonLoopback: true }, async (emulator) => {
      const url = emulator.url.replace("0.0.0.0", "127.0.0.1");
      assert.equal((await exchange(`${url}/v2/`)).status, 401);
    });
  });

  it("tls: both origins are https under the certificate that is given", () =>
    withEmulator({ tls: true }, async (emulator) => {
      await pushImage(emulator, "a", "v1");
      const { caCertificate: ca = "", caCertificateFile = "" } = emulator;
      assert.match(ca, /^-----BEGIN CERTIFICATE-----/);
      assert.ok(existsSync(caCertificateFile));
      const { headers } = await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`);
      const location = headers.location ?? "";
      assert.match(location, /^https:/);
      assert.equal((await exchange(location, { ca })).body.toString(), layer.text);
      const byName = `https://localhost:${new URL(emulator.url).port}/v2/`;
      const challenge = await exchange(byName, { ca });
      assert.match(challenge.headers["www-authenticate"] ?? "", /realm="https:\/\/localhost:/);
      await assert.rejects(exchange(`${emulator.url}/v2/`), {
        code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      });
    }));

  it("tls: the certificate stays the same in the same folder", () =>
    withFolder(async (dataDirectory) => {
      const seen = new Set<string | undefined>();
      for (let run = 0; run < 2; run += 1) {
        await withEmulator({ dataDirectory, tls: true }, async (emulator) => {
          seen.add(emulator.caCertificate);
          assert.equal((await asAdmin(emulator, "/v2/")).status, 200);
        });
      }
      assert.equal(seen.size, 1);
    }));
});

/** Runs with a separate temporary directory, without emulators of other processes. */
function withTemporaryDirectory(work: (folder: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = folder;
    try {
      await work(folder);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  });
}

describe("simultaneous pushes to the emulator", () => {
  it("of one tag: the tag names one of them, and both manifests are complete", () =>
    withEmulator({}, async (emulator) => {
      const pushes = Array.from({ length: 20 }, (_, number) =>
        pushImage(emulator, "a", "v1", number % 2 === 0 ? image : otherImage),
      );
      await Promise.all(pushes);
      const { headers } = await asAdmin(emulator, "/v2/a/manifests/v1");
      const digest = headers["docker-content-digest"];
      assert.ok(digest === image.digest || digest === otherImage.digest);
      const repository = await asAdmin(emulator, "/acr/v1/a");
      assert.match(repository.body.toString(), /"manifestCount":2,"tagCount":1,/);
      assert.equal(emulator.openUploads(), 0);
    }));

  it("of one blob, while it is deleted elsewhere", () =>
    withEmulator({}, async (emulator) => {
      for (let round = 0; round < 10; round += 1) {
        await pushImage(emulator, "b", "v1");
        await Promise.all([
          pushImage(emulator, "a", "v1"),
          asAdmin(emulator, "/acr/v1/b", { method: "DELETE" }),
        ]);
        const { headers } = await asAdmin(emulator, `/v2/a/blobs/${layer.digest}`);
        assert.equal((await exchange(headers.location ?? "")).body.toString(), layer.text);
      }
    }));

  it("two requests on one upload: the second is refused, the first is not harmed", () =>
    withEmulator({}, async (emulator) => {
      const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
      const location = start.headers.location ?? "";
      const statuses = await Promise.all(
        [1, 2].map(async () => {
          const answer = await asAdmin(emulator, location, { method: "PATCH", body: "0123" });
          return answer.status;
        }),
      );
      assert.deepEqual(statuses.sort(), [202, 416]);
    }));

  it("requests that wait for the end of one that was cut: one of them goes on", () =>
    withEmulator({}, async (emulator) => {
      for (let round = 0; round < 10; round += 1) {
        const start = await asAdmin(emulator, "/v2/a/blobs/uploads/", { method: "POST" });
        const location = start.headers.location ?? "";
        const cut = { type: "resetAfter", bytes: 4 } as const;
        emulator.faults.add({ method: "PATCH", action: cut });
        await assert.rejects(asAdmin(emulator, location, { method: "PATCH", body: "01234567" }));
        const { headers } = await asAdmin(emulator, location);
        assert.equal(headers.range, "0-3");
        const newest = headers.location ?? "";
        const statuses = await Promise.all(
          [1, 2, 3].map(async () => {
            return (await asAdmin(emulator, newest, { method: "PATCH", body: "4567" })).status;
          }),
        );
        assert.deepEqual(statuses.sort(), [202, 416, 416]);
        assert.equal((await asAdmin(emulator, newest)).headers.range, "0-7");
      }
    }));
});
