import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, it } from "mocha";
import { digestOf, pullArtifact, type PullOptions } from "pulumi-acr/client";
import { emulatorForSuite } from "../support/emulatorForSuite.js";
import { directoryLayer, type HostileLayer, publish, PullSandbox } from "../support/pullSandbox.js";
import { longName, member, pax, tar, type MemberFields } from "../support/tarMembers.js";

const REPOSITORY = "hostile/artifact";

/** A hostile pull must write nothing outside of the folder and leave nothing in it. */
describe("malicious content of a registry, pulled", function () {
  this.timeout(20_000);
  const subject = emulatorForSuite();
  let sandbox: PullSandbox;

  beforeEach(() => (sandbox = new PullSandbox()));
  afterEach(() => sandbox.remove());

  async function refused(
    layers: readonly HostileLayer[],
    error: { readonly code: string; readonly message?: RegExp },
    options: PullOptions = {},
  ): Promise<void> {
    const client = subject.client();
    // Valid content before and after must not stay either.
    const good = { title: "a-good-file.txt", bytes: "good" };
    const folder = directoryLayer(
      "a-good-folder",
      gzipSync(tar({ name: "a-good-folder/x", body: "x" })),
    );
    const digest = await publish(client, REPOSITORY, [good, ...layers, folder]);
    const before = sandbox.listing();
    await assert.rejects(
      pullArtifact(client.repository(REPOSITORY), digest, sandbox.target, options),
      (thrown: Error & { code?: unknown }) => {
        assert.equal(thrown.code, error.code, thrown.stack);
        if (error.message !== undefined) assert.match(thrown.message, error.message);
        assert.doesNotMatch(thrown.message, /[\p{Cc}\p{Bidi_Control}]/u);
        assert.ok(thrown.message.length < 1500);
        return true;
      },
    );
    assert.deepEqual(sandbox.listing(), before);
  }

  const content = (message?: RegExp) =>
    message === undefined ? { code: "CONTENT_REFUSED" } : { code: "CONTENT_REFUSED", message };

  describe("titles", () => {
    const titles: readonly (readonly [string, string])[] = [
      ["above the folder", "../x"],
      ["far above the folder", "../../../../../../../../tmp/x"],
      ["above it after a step down", "a/../../x"],
      ["the folder itself", "."],
      ["the folder above", ".."],
      ["absolute", "/tmp/pulumi-acr-x"],
      ["absolute on Windows", "C:/x"],
      ["relative to a drive", "C:x"],
      ["with backslashes", "..\\x"],
      ["a share of Windows", "\\\\server\\share"],
      ["empty", ""],
      ["a folder's", "a/"],
      ["with an empty step", "a//b"],
      ["with NUL", "a\0b"],
      ["with a line break", "a\nb"],
      ["with escape codes", "\u001b]0;x\u0007\u009b2J"],
      ["with half a character", "a\ud800"],
      ["longer than a name may be", "x".repeat(256)],
      ["longer than a path may be", "dir/".repeat(1100)],
    ];
    for (const [name, title] of titles) {
      it(`${name}: a file`, () => refused([{ title, bytes: "x" }], content()));
      it(`${name}: a folder`, () =>
        refused([directoryLayer(title, gzipSync(tar({ name: `${title}/x` })))], content()));
    }

    const together: readonly (readonly [string, readonly HostileLayer[]])[] = [
      [
        "the same twice",
        [
          { title: "x", bytes: "1" },
          { title: "x", bytes: "2" },
        ],
      ],
      [
        "one below a file",
        [
          { title: "x", bytes: "1" },
          { title: "x/y", bytes: "2" },
        ],
      ],
      [
        "a file and a folder",
        [{ title: "x", bytes: "1" }, directoryLayer("x", gzipSync(tar({ name: "x/y" })))],
      ],
    ];
    for (const [name, layers] of together) {
      it(name, () => refused(layers, content()));
    }

    it("a file that stands where a folder's own file does", () =>
      refused(
        [
          directoryLayer("d", gzipSync(tar({ name: "d/x", body: "1" }))),
          { title: "d/x", bytes: "2" },
        ],
        content(/same name/),
        { overwrite: true },
      ));

    it("a folder where a folder's own file is", () =>
      refused(
        [
          directoryLayer("d", gzipSync(tar({ name: "d/x", body: "1" }))),
          { title: "d/x/y", bytes: "2" },
        ],
        { code: "TARGET_UNWRITABLE" },
      ));
  });

  describe("entries of an archive", () => {
    const long = `d/${"x".repeat(300)}`;
    const rows: readonly (readonly [string, readonly (MemberFields | Buffer)[], RegExp?])[] = [
      ["above the folder", [{ name: "../x" }]],
      ["above it below the title", [{ name: "d/../../x" }]],
      ["above it by an extended header", [pax({ path: "../x" }), { name: "d/x" }]],
      ["above it by GNU's long name", [longName("../x"), { name: "d/x" }]],
      ["above it by a prefix", [{ prefix: "..", name: "x" }]],
      ["absolute", [{ name: "/tmp/pulumi-acr-x" }]],
      ["absolute by an extended header", [pax({ path: "/tmp/pulumi-acr-x" }), { name: "d/x" }]],
      ["of another title", [{ name: "e/x" }], /not below "d"/],
      ["of a title that begins alike", [{ name: "dd/x" }], /not below "d"/],
      ["with a step of no length", [{ name: "d//x" }]],
      ["with a step that stays", [{ name: "d/./x" }]],
      ["with a backslash", [{ name: "d/..\\..\\x" }]],
      ["with a drive", [{ name: "C:/x" }]],
      ["with NUL by an extended header", [pax({ path: "d/a\0b" }), { name: "d/x" }]],
      ["with a line break", [{ name: "d/a\nb" }]],
      ["with escape codes", [{ name: "d/\u001b[31m" }]],
      ["with no name", [{ name: "" }]],
      ["longer than a name may be", [pax({ path: long }), { name: "d/x" }]],
      [
        "a file that ends in a slash",
        [{ name: "d/x/", type: "0" }, { name: "d/y" }],
        /empty segment/,
      ],
      ["twice", [{ name: "d/x" }, { name: "d/x" }], /same place/],
      ["a file that becomes a folder", [{ name: "d/x" }, { name: "d/x/y" }], /same place/],
      ["a folder that becomes a file", [{ name: "d/x/" }, { name: "d/x" }], /same place/],
      ["a file in place of the folder", [{ name: "d" }], /layer's folder/],
      ["a symbolic link", [{ name: "d/l", type: "2", link: "x" }], /"d\/l": it is a symbolic link/],
      [
        "a symbolic link out, and a file through it",
        [
          { name: "d/l", type: "2", link: "../../outside" },
          { name: "d/l/kept.txt", body: "!" },
        ],
        /symbolic link/,
      ],
      ["a symbolic link in place of the folder", [{ name: "d", type: "2", link: "../outside" }]],
      ["a hard link", [{ name: "d/l", type: "1", link: "neighbour.txt" }], /it is a hard link/],
      ["a hard link by an absolute path", [{ name: "d/l", type: "1", link: "/etc/passwd" }]],
      ["a character device", [{ name: "d/null", type: "3" }], /a device/],
      ["a block device", [{ name: "d/sda", type: "4" }], /a device/],
      ["a fifo", [{ name: "d/pipe", type: "6" }], /a pipe/],
      ["a member of an unknown type", [{ name: "d/z", type: "Z" }], /unknown type/],
      ["a sparse file", [{ name: "d/s", type: "S" }], /sparse/],
      ["a negative size", [{ name: "d/x", size: Buffer.alloc(12, 0xff) }], /size cannot be read/],
      [
        "a size of 8 EiB",
        [pax({ size: "9223372036854775807" }), { name: "d/x" }],
        /cannot be read/,
      ],
      [
        "more bytes than there are",
        [{ name: "d/x", size: "77777777777\0" }],
        /in the middle of an entry/,
      ],
      [
        "two names",
        [pax({ path: "d/a" }), longName("d/b"), { name: "d/c" }],
        /two extended headers or names/,
      ],
      [
        "two extended headers",
        [pax({ path: "d/a" }), pax({ size: "0" }), { name: "d/c" }],
        /two extended/,
      ],
      ["a name for all", [pax({ path: "../x" }, "g"), { name: "d/c" }], /global header/],
      ["a name that is not UTF-8", [{ name: Buffer.from([0x64, 0x2f, 0xe4]) }], /not UTF-8/],
      [
        "an extended header of 2 GiB",
        [{ type: "x", size: "20000000000\0" }],
        /header of 2147483648/,
      ],
      ["a wrong checksum", [{ name: "d/x", checksum: 1 }], /checksum/],
    ];
    for (const [name, members, message] of rows) {
      it(name, () =>
        refused([directoryLayer("d", gzipSync(tar({ name: "d/" }, ...members)))], content(message)),
      );
    }

    it("a truncated archive", () => {
      const archive = tar({ name: "d/x", body: "x".repeat(2000) }).subarray(0, 1100);
      return refused(
        [directoryLayer("d", gzipSync(archive))],
        content(/in the middle of an entry/),
      );
    });

    it("an archive after the archive", () => {
      const archive = Buffer.concat([tar({ name: "d/x" }), tar({ name: "../y" })]);
      return refused([directoryLayer("d", gzipSync(archive))], content(/continues after/));
    });

    it("more entries than the caller allows", () => {
      const members = Array.from({ length: 101 }, (_, index) => ({ name: `d/${index}` }));
      const layer = directoryLayer("d", gzipSync(tar(...members)));
      return refused([layer], content(/more than 100 entries/), { maxEntries: 100 });
    });

    for (const [how, end] of [
      ["a file in them", ""],
      ["the lowest of them", "/"],
    ] as const) {
      it(`more folders than the caller allows, named by nothing but ${how}`, () => {
        const members = ["a", "b"].map((name) => ({ name: `d/${name}${"/x".repeat(40)}${end}` }));
        const layer = directoryLayer("d", gzipSync(tar(...members)));
        return refused([layer], content(/more than 50 entries/), { maxEntries: 50 });
      });
    }
  });

  describe("compression", () => {
    const archive = tar({ name: "d/x", body: "x" });
    it("none", () => refused([directoryLayer("d", archive)], content(/is not gzip/)));
    it("broken off", () =>
      refused([directoryLayer("d", gzipSync(archive).subarray(0, -10))], content(/is not gzip/)));
    it("with other bytes after it", () =>
      refused([directoryLayer("d", Buffer.concat([gzipSync(archive), Buffer.alloc(600)]))], {
        code: "CONTENT_REFUSED",
        message: /bytes follow/,
      }));
    it("with a wrong checksum", () => {
      const bytes = gzipSync(archive);
      bytes.writeUInt32LE(1, bytes.length - 8);
      return refused([directoryLayer("d", bytes)], content(/is not gzip/));
    });
    it("a bomb: it ends at the limit", () => {
      const bomb = tar({ name: "d/x", body: Buffer.alloc(64 << 20) });
      const layer = directoryLayer("d", gzipSync(bomb));
      return refused([layer], content(/looks like a decompression bomb/), {
        maxUnpackedBytes: 1 << 20,
      });
    });
    it("a bomb of many members", () => {
      const zeros = gzipSync(Buffer.alloc(1 << 20));
      const start = member({ name: "d/x", size: "77777777777\0" });
      const layer = directoryLayer(
        "d",
        Buffer.concat([gzipSync(start), ...Array<Buffer>(64).fill(zeros)]),
      );
      return refused([layer], content(/looks like a decompression bomb/), {
        maxUnpackedBytes: 1 << 20,
      });
    });
    it("a bomb after the archive's end", () => {
      const bomb = Buffer.concat([archive, Buffer.alloc(64 << 20)]);
      const layer = directoryLayer("d", gzipSync(bomb));
      return refused([layer], content(/looks like a decompression bomb/), {
        maxUnpackedBytes: 1 << 20,
      });
    });
  });

  describe("digests", () => {
    const layer = gzipSync(tar({ name: "d/x", body: "x" }));
    it("of the plain archive: another one", () =>
      refused([directoryLayer("d", layer, { "io.deis.oras.content.digest": digestOf("other") })], {
        code: "DIGEST_MISMATCH",
        message: /unpacked layer "d"/,
      }));
    it("of the plain archive: none", () =>
      refused(
        [directoryLayer("d", layer, { "io.deis.oras.content.digest": "sha256:../../x" })],
        content(/is not a digest/),
      ));
    it("size: another one", () =>
      refused([{ title: "x", bytes: "four", descriptor: { size: 5 } }], { code: "SIZE_MISMATCH" }));

    for (const unpack of [false, true]) {
      it(`of the blob: other bytes of the same length (${unpack ? "a folder" : "a file"})`, async () => {
        const bytes = unpack ? layer : Buffer.from("x".repeat(1000));
        const action = { type: "corrupt" } as const;
        subject.emulator.faults.add({ server: "storage", method: "GET", times: Infinity, action });
        await refused([unpack ? directoryLayer("d", bytes) : { title: "x", bytes }], {
          code: "DIGEST_MISMATCH",
        });
      });
    }
  });

  describe("what exists in the folder already", () => {
    const file = { title: "x/kept.txt", bytes: "evil" };
    const folder = directoryLayer("x", gzipSync(tar({ name: "x/kept.txt", body: "evil" })));
    for (const [name, layer] of [
      ["a file", file],
      ["a folder", folder],
    ] as const) {
      for (const overwrite of [false, true]) {
        it(`a link to a folder in the way of ${name}${overwrite ? ", to overwrite" : ""}`, async () => {
          symlinkSync("../outside", join(sandbox.target, "x"));
          await refused(
            [layer],
            { code: "TARGET_UNWRITABLE", message: /symbolic link/ },
            { overwrite },
          );
        });
        it(`a link to a file in place of ${name}${overwrite ? ", to overwrite" : ""}`, async () => {
          sandbox.write({ "target/x/other.txt": "" });
          symlinkSync("../../outside/kept.txt", join(sandbox.target, "x/kept.txt"));
          await refused(
            [layer],
            { code: "TARGET_UNWRITABLE", message: /symbolic link/ },
            { overwrite },
          );
        });
        it(`a link to nothing in place of ${name}${overwrite ? ", to overwrite" : ""}`, async () => {
          sandbox.write({ "target/x/other.txt": "" });
          symlinkSync("../../outside/new.txt", join(sandbox.target, "x/kept.txt"));
          await refused(
            [layer],
            { code: "TARGET_UNWRITABLE", message: /symbolic link/ },
            { overwrite },
          );
        });
      }
      it(`a file with other content in place of ${name}`, async () => {
        sandbox.write({ "target/x/kept.txt": "mine" });
        await refused([layer], { code: "CONFLICT", message: /other content/ });
      });
      it(`a folder in place of a file of ${name}`, async () => {
        sandbox.write({ "target/x/kept.txt/inner": "mine" });
        await refused(
          [layer],
          { code: "TARGET_UNWRITABLE", message: /folder/ },
          { overwrite: true },
        );
      });
      it(`a file above ${name}`, async () => {
        sandbox.write({ "target/x": "mine" });
        await refused([layer], { code: "TARGET_UNWRITABLE" }, { overwrite: true });
      });
    }
  });

  it("the urls of a layer are never requested", async () => {
    const client = subject.client();
    const { loginServer } = subject.emulator;
    const urls = [`http://${loginServer}/elsewhere/file`];
    const digest = await publish(client, REPOSITORY, [
      { title: "x", bytes: "x", descriptor: { urls } },
    ]);
    const { written } = await pullArtifact(client.repository(REPOSITORY), digest, sandbox.target);
    assert.deepEqual(written, ["x"]);
    assert.ok(subject.requests.every((request) => !request.includes("elsewhere")));
  });

  it("permissions beyond 0755 are dropped", async () => {
    const archive = tar({ name: "d/", mode: 0o7777 }, { name: "d/x", mode: 0o4777 });
    const client = subject.client();
    const digest = await publish(client, REPOSITORY, [directoryLayer("d", gzipSync(archive))]);
    await pullArtifact(client.repository(REPOSITORY), digest, sandbox.target);
    const found = sandbox.listing().filter((line) => line.startsWith("target/d"));
    assert.deepEqual(found, ["target/d folder 755", "target/d/x 755 "]);
  });
});
