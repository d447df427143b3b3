import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, it } from "mocha";
import { OCI_MANIFEST } from "pulumi-acr/client";
import {
  CALLS,
  hostileRegistry,
  PASSWORD,
  TOKEN,
  type Hostility,
} from "../support/hostileRegistry.js";

const MIB = 1 << 20;
/** Covers Node's buffers and uncollected garbage, but is far less than an endless body. */
const MOST_WRITTEN = 64 * MIB;
const MOST_MEMORY = 250 * MIB;

/** Writes for as long as the other side reads. */
function endlessly(response: ServerResponse, counter: { written: number }, piece: Buffer): void {
  const more = (): void => {
    if (response.destroyed || counter.written > 16 * MOST_WRITTEN) return;
    counter.written += piece.length;
    response.write(piece, () => setImmediate(more));
  };
  more();
}

const spaces = Buffer.alloc(MIB, " ");
const start = '{"errors":[{"code":"X","message":"';

/** What the endless answer is, the client's call, and the status and type of the answer. */
const answers: readonly (readonly [string, keyof typeof CALLS, number, string])[] = [
  ["a manifest", "fetch a manifest", 200, OCI_MANIFEST],
  ["a page of repositories", "list repositories", 200, "application/json"],
  ["a page of tags", "list tags", 200, "application/json"],
  ["a page of properties", "list tags' properties", 200, "application/json"],
  ["a page of referrers", "list referrers", 200, "application/vnd.oci.image.index.v1+json"],
  ["the properties of a tag", "get a tag's properties", 200, "application/json"],
  ["a refusal (400)", "fetch a manifest", 400, "application/json"],
  ["a 401 before any sign-in", "fetch a manifest", 401, "application/json"],
  ["a 403", "fetch a blob", 403, "application/json"],
  ["a 404", "fetch a blob", 404, "application/json"],
  ["a 405", "delete a manifest", 405, "application/json"],
  ["a 429", "delete a manifest", 429, "application/json"],
  ["a 500", "fetch a blob", 500, "application/json"],
  ["a redirect", "fetch a blob", 307, "text/plain"],
  ["the answer to a push", "push a manifest", 201, "application/json"],
  ["the answer to an upload", "push a large blob", 202, "application/json"],
  ["the answer to a deletion", "delete a blob", 202, "application/json"],
];

async function bounded(
  hostility: Hostility,
  call: string,
  tokens = true,
): Promise<Error | undefined> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  try {
    const { client } = await hostileRegistry(hostility, { tokens });
    const [result] = await Promise.allSettled([CALLS[call]?.(client) ?? assert.fail()]);
    assert.ok(peak - before < MOST_MEMORY, `${(peak - before) / MIB} MiB`);
    return result.status === "rejected" ? (result.reason as Error) : undefined;
  } finally {
    clearInterval(watch);
  }
}

function assertReadable(error: Error | undefined): void {
  if (error === undefined) return;
  assert.ok("code" in error, String(error.stack));
  assert.ok(error.message.length < 1600, error.message.slice(0, 300));
  assert.doesNotMatch(error.message, /[\p{Cc}\p{Bidi_Control}]/u);
  // With its causes, as a program prints an uncaught error.
  assert.doesNotMatch(inspect(error).replaceAll("\n", " "), /[\p{Cc}\p{Bidi_Control}]/u);
  const everything = inspect(error, { depth: 20, showHidden: true, customInspect: false });
  for (const secret of [PASSWORD, TOKEN]) assert.ok(!everything.includes(secret), secret);
}

describe("§1.6: bodies without an end, and bombs", function () {
  this.timeout(60_000);

  for (const [name, call, status, type] of answers) {
    it(`${name} that never ends`, async () => {
      const counter = { written: 0 };
      let asked = 0;
      const error = await bounded(
        ({ registry }) =>
          (request, response) => {
            asked += 1;
            request.resume();
            const location = `${registry}/v2/a/blobs/uploads/1`;
            response.writeHead(status, { "content-type": type, location });
            response.write(start);
            endlessly(response, counter, spaces);
          },
        call,
      );
      assertReadable(error);
      // A retried answer is limited anew each time.
      assert.ok(counter.written / asked < MOST_WRITTEN, `${counter.written} bytes were taken`);
    });
  }

  it("a token that never ends", async () => {
    const counter = { written: 0 };
    const error = await bounded(
      () => (_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).write('{"access_token":"');
        endlessly(response, counter, Buffer.alloc(MIB, "a"));
      },
      "fetch a manifest",
      false,
    );
    assert.ok(error !== undefined);
    assertReadable(error);
    assert.ok(counter.written < MOST_WRITTEN, `${counter.written} bytes were taken`);
  });

  it("a blob that continues after its size", async () => {
    const counter = { written: 0 };
    const error = await bounded(
      () => (_, response) => endlessly(response.writeHead(200), counter, spaces),
      "fetch a blob",
    );
    assert.ok(error !== undefined);
    assertReadable(error);
    assert.ok(counter.written < MOST_WRITTEN, `${counter.written} bytes were taken`);
  });

  for (const length of ["99999999999", "99999999999999999999", "-1", "0x10", "1e3"]) {
    it(`Content-Length: ${length}`, async () => {
      for (const call of ["fetch a manifest", "list tags", "fetch a blob", "push a manifest"]) {
        const error = await bounded(
          () => (request, response) => {
            // Bypasses Node's own checks, as an attacker would.
            request.socket.end(
              `HTTP/1.1 200 OK\r\nContent-Type: ${OCI_MANIFEST}\r\nContent-Length: ${length}\r\n\r\n{}`,
            );
            response.destroy();
          },
          call,
        );
        assert.ok(error !== undefined, call);
        assertReadable(error);
      }
    });
  }

  const bomb = gzipSync(Buffer.alloc(50 * MIB, " "));
  for (const encoding of ["gzip", "deflate", "br", "gzip, gzip", "x-gzip", "zstd"]) {
    it(`Content-Encoding: ${encoding}`, async () => {
      for (const call of ["fetch a manifest", "fetch a blob", "list tags", "push a manifest"]) {
        const error = await bounded(
          () => (request, response) => {
            request.resume();
            assert.equal(request.headers["accept-encoding"], undefined);
            const status = request.method === "PUT" ? 201 : 200;
            response.writeHead(status, {
              "content-type": OCI_MANIFEST,
              "content-encoding": encoding,
            });
            response.end(bomb);
          },
          call,
        );
        assert.equal((error as { code?: unknown } | undefined)?.code, "PROTOCOL", call);
        assertReadable(error);
      }
    });
  }

  it("a gzip manifest without Content-Encoding", async () => {
    const error = await bounded(
      () => (_, response) =>
        void response.writeHead(200, { "content-type": OCI_MANIFEST }).end(bomb),
      "fetch a manifest",
    );
    assert.equal((error as { code?: unknown } | undefined)?.code, "PROTOCOL");
  });

  it("headers of 64 KiB", async () => {
    for (const call of Object.keys(CALLS)) {
      const error = await bounded(
        () => (request, response) => {
          request.resume();
          response.writeHead(200, { "x-filler": "x".repeat(65_536) }).end();
        },
        call,
      );
      assert.ok(error !== undefined, call);
      assertReadable(error);
    }
  });

  const message = `\u001b]0;title\u0007\u009b2J\u202e${"m".repeat(MIB)}`;
  for (const status of [400, 401, 403, 404, 405, 409, 429, 500]) {
    it(`a message of 1 MiB with terminal escape codes (${status})`, async () => {
      const errors = [{ code: "X\u001b[31m", message: "\u001b[2J\u009b\u202e" }];
      for (const body of [{ errors: [{ code: "DENIED", message }] }, { errors }]) {
        for (const call of Object.keys(CALLS)) {
          const error = await bounded(
            () => (request, response) => {
              request.resume();
              response.writeHead(status, { "content-type": "application/json\u0085\u009b31m" });
              response.end(JSON.stringify(body));
            },
            call,
          );
          assertReadable(error);
        }
      }
    });
  }

  it("hostile headers are shown as plain text", async () => {
    const nasty = `\u009b31m\u0085${"h".repeat(2000)}`;
    const names = [
      "docker-content-digest",
      "content-range",
      "content-type",
      "location",
      "link",
      "range",
    ];
    for (const status of [200, 202, 206, 307, 404, 416]) {
      for (const call of Object.keys(CALLS)) {
        const error = await bounded(
          () => (request, response) => {
            request.resume();
            const headers = Object.fromEntries(names.map((name) => [name, nasty]));
            response
              .writeHead(status, { ...headers, "x-ms-correlation-request-id": nasty })
              .end("{}");
          },
          call,
        );
        assertReadable(error);
      }
    }
  });
});
