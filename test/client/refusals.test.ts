import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, it } from "mocha";
import { InputError } from "../../provider/errors.js";
import {
  type Blob,
  type Descriptor,
  type Digest,
  digestOf,
  memoryBlob,
} from "../../provider/registry/index.js";
import { emulatorForSuite } from "../support/emulatorForSuite.js";

const TYPE = { mediaType: "text/plain" };

describe("invalid arguments of a program", () => {
  const subject = emulatorForSuite();
  const repository = () => subject.client().repository("a/b");

  async function refuses(work: Promise<unknown>, property: string, message: RegExp): Promise<void> {
    await assert.rejects(work, (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.equal(error.property, property);
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(subject.requests, []);
  }

  for (const reference of ["sha256:abc", `sha256:${"A".repeat(64)}`, "md5:x", "a:b"]) {
    it(`${reference.slice(0, 12)} is reported as a malformed digest`, async () => {
      const { manifests } = repository();
      await refuses(manifests.resolve(reference), "digest", /is not a digest: expected "sha256:"/);
      await refuses(manifests.fetch(reference), "digest", /is not a digest/);
    });
  }

  for (const nothing of [undefined, null, 5] as unknown[]) {
    it(`${String(nothing)} is refused as a tag, digest and repository`, async () => {
      const text = nothing as string;
      const { blobs, manifests, tags, attributes } = repository();
      const shown = new RegExp(`^${String(nothing)} is not a `);
      await refuses(blobs.exists(text), "digest", shown);
      await refuses(manifests.resolve(text), "tag", shown);
      await refuses(attributes.manifest(text), "tag", shown);
      await refuses(tags.delete(text), "tag", shown);
      assert.throws(() => subject.client().repository(text), { code: "INPUT_INVALID" });
    });
  }

  for (const size of [-1, 1.5, NaN, 1e18]) {
    it(`a blob with a size of ${size} is refused`, async () => {
      const descriptor = { ...TYPE, digest: digestOf("abc"), size };
      const blob = { descriptor, open: () => Readable.from([Buffer.from("abc")]) };
      await refuses(repository().blobs.push(blob), "size", /cannot have \S+ bytes/);
    });
  }

  for (const length of [4, 100_000]) {
    it(`a blob whose stream gives text is refused (${length} characters)`, async () => {
      const text = "ä".repeat(length);
      const descriptor: Descriptor = { ...TYPE, digest: digestOf(text), size: 2 * length };
      const blob: Blob = { descriptor, open: () => Readable.from([text]) };
      const push = repository().blobs.push(blob, { askFirst: false });
      await assert.rejects(push, { code: "INPUT_INVALID", message: /the stream gave text/ });
      assert.equal(await repository().blobs.exists(descriptor.digest), false);
    });
  }
});

describe("bytes in memory with a given digest", () => {
  const subject = emulatorForSuite();
  const bytes = Buffer.from("by another algorithm");
  const push = (digest: Digest) =>
    subject
      .client()
      .repository("a/b")
      .blobs.push(memoryBlob(bytes, { ...TYPE, digest }));

  it("are stored under it", async () => {
    const digest = digestOf(bytes, "sha512");
    assert.equal(await push(digest), "uploaded");
    const { blobs } = subject.client().repository("a/b");
    assert.deepEqual(await buffer(await blobs.fetch(digest)), bytes);
  });

  it("are not stored under a digest that does not match", async () => {
    await assert.rejects(push(digestOf("other bytes")), { code: "DIGEST_MISMATCH" });
    assert.deepEqual(subject.requests, []);
  });
});

describe("a mount from a repository that may not be pulled from", () => {
  const password = "p".repeat(20);
  const tokens = [
    {
      name: "pusher",
      password,
      repositories: { "c/d": ["content/read", "content/write"] as const },
    },
  ];
  const subject = emulatorForSuite({ tokens });

  it("is DENIED, and says what is missing", async () => {
    const { digest } = await subject.client().repository("a/b").blobs.upload(Buffer.from("theirs"));
    const credential = { kind: "token", username: "pusher", password } as const;
    const { blobs } = subject.client({ credential }).repository("c/d");
    await assert.rejects(blobs.mount(digest, "a/b"), {
      code: "DENIED",
      message: /needs repository:a\/b:pull/,
    });
    assert.equal(await blobs.exists(digest), false);
  });
});
