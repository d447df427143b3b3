import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, it } from "mocha";
import { hasCode, InputError } from "../../provider/errors.js";
import type { UploadContent, WebStream } from "../../provider/registry/index.js";
import { seededBlob } from "../provider/registry/seededBlob.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";

const CHUNK = 100 * 1024;

describe("what can be uploaded", () => {
  const subject = emulatorForSuite();
  const store = () => subject.client({ chunkSize: CHUNK }).repository("up/load").blobs;

  for (const size of [0, 9, CHUNK, 3 * CHUNK + 1]) {
    const blob = seededBlob(size);
    const web: readonly (readonly [string, () => UploadContent])[] = [
      ["the web stream of an answer", () => new Response(blob.content).body ?? assert.fail()],
      ["a web stream that is no stream of Node's", () => borrowed(blob.content)],
      ["an array of pieces", () => [blob.content] as unknown as UploadContent],
    ];
    for (const [name, open] of web) {
      it(`${name}, ${size} bytes`, async () => {
        const blobs = store();
        const { digest } = await blobs.upload(open());
        assert.equal(digest, blob.descriptor.digest);
        assert.deepEqual(await buffer(await blobs.fetch(digest)), blob.content);
      });
    }
  }

  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["a text", () => "abc", /^text cannot be uploaded: expected bytes/],
    ["nothing", () => undefined, /^undefined cannot/],
    ["null", () => null, /^null cannot/],
    ["an ArrayBuffer", () => new ArrayBuffer(4), /^ArrayBuffer cannot/],
    ["16-bit numbers", () => new Uint16Array(4), /^Uint16Array cannot/],
    ["a Blob, which has a stream", () => new Blob(["a"]), /^Blob cannot/],
    ["a stream of texts", () => Readable.from(["abc"]), /^the stream gave text: expected bytes/],
    ["a stream that decodes", () => new PassThrough().setEncoding("utf8").end("abc"), /gave text/],
    ["a web stream of texts", () => webOf("abc"), /gave text/],
    ["a web stream of null", () => webOf(null), /gave null/],
    ["a stream of 16-bit numbers", () => Readable.from([new Uint16Array(4)]), /gave Uint16Array/],
    ["a stream of ArrayBuffers", () => Readable.from([new ArrayBuffer(4)]), /gave ArrayBuffer/],
    ["numbers", () => Readable.from([1, 2]), /gave 1/],
  ];
  for (const [name, open, message] of refused) {
    it(`${name} is refused, and nothing is stored`, async () => {
      const upload = store().upload(open() as UploadContent);
      await assert.rejects(upload, (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, message);
        return true;
      });
      assert.deepEqual(subject.requests, []);
    });
  }

  it("refuses an invalid media type without a request", async () => {
    const mediaType = "no type\r\n";
    for (const content of [Buffer.from("a"), Readable.from([Buffer.from("a")])]) {
      await assert.rejects(store().upload(content, { mediaType }), { property: "mediaType" });
    }
    assert.deepEqual(subject.requests, []);
  });
});

describe("an aborted upload", () => {
  const subject = emulatorForSuite();
  const store = () => subject.client().repository("up/load").blobs;

  it("closes its file if aborted before it begins", async () => {
    const file = createReadStream(__filename);
    const upload = store().upload(file, { signal: AbortSignal.abort() });
    await assert.rejects(upload, (error) => hasCode(error, "ABORTED"));
    assert.ok(file.destroyed);
  });

  it("ignores an error of its file if aborted before it begins", async () => {
    const file = createReadStream(`${__filename}.none`);
    const closed = new Promise<void>((resolve) => file.once("close", () => resolve()));
    const upload = store().upload(file, { signal: AbortSignal.abort() });
    await assert.rejects(upload, (error) => hasCode(error, "ABORTED"));
    await closed;
  });

  for (const when of ["before it began", "while it waits"]) {
    it(`cancels its web stream if aborted ${when}`, async () => {
      const calling = new AbortController();
      if (when === "before it began") calling.abort();
      const cancelled = Promise.withResolvers<undefined>();
      const stream = new ReadableStream<Uint8Array>({
        pull: () => {
          calling.abort();
          return new Promise(() => undefined);
        },
        cancel: () => cancelled.resolve(undefined),
      });
      const upload = store().upload(stream, { signal: calling.signal });
      await assert.rejects(upload, (error) => hasCode(error, "ABORTED"));
      await cancelled.promise;
    });
  }
});

function webOf(piece: unknown): ReadableStream {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(piece);
      controller.close();
    },
  });
}

/** A Blob of another library: it follows the standard but is not an instance of Node's class. */
function borrowed(content: Uint8Array): WebStream {
  const pieces = [content.subarray(0, 5), content.subarray(5)];
  return {
    getReader: () => ({
      read: () => {
        const value = pieces.shift();
        return Promise.resolve({ done: value === undefined, value });
      },
      cancel: () => Promise.resolve(),
    }),
  };
}
