import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, it } from "mocha";
import { type Descriptor, EMPTY_DESCRIPTOR, manifestFrom, OCI_MANIFEST } from "pulumi-acr/client";
import { loopbackServer } from "../provider/http/loopbackServer.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";
import { tar } from "../support/tarMembers.js";

const MIB = 1 << 20;
const GIB = 1024 * MIB;

const MOST_MIB = 256;

const PIECE = gzipSync(Buffer.concat([randomBytes(MIB / 8), Buffer.alloc((7 * MIB) / 8)]));

/** One archive of 1 GiB in members of 1 MiB; compressed to an eighth for the transfer. */
function* compressed(): Generator<Buffer> {
  const whole = tar({ name: "data/big", size: `${GIB.toString(8)}\0` });
  yield gzipSync(whole.subarray(0, 512));
  for (let count = 0; count < 1024; count += 1) yield PIECE;
  yield gzipSync(whole.subarray(512));
}

describe("pulling a folder of 1 GiB and a file of 1 GiB", () => {
  it("takes little memory", async function () {
    this.timeout(180_000);
    this.slow(60_000);
    const file = Buffer.alloc(MIB, "file");
    const repeated = function* (): Generator<Buffer> {
      for (let count = 0; count < 1024; count += 1) yield file;
    };
    const layers = [
      descriptorOf(compressed(), { "io.deis.oras.content.unpack": "true" }, "data"),
      descriptorOf(repeated(), {}, "file"),
    ];
    const bodies = new Map([
      [layers[0]?.digest, compressed],
      [layers[1]?.digest, repeated],
    ]);
    const document = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: EMPTY_DESCRIPTOR,
      layers,
    };
    const { bytes, descriptor } = manifestFrom(document);
    const server = await loopbackServer((request, response) => {
      const last = request.url?.split("/").at(-1) ?? "";
      const body = bodies.get(last as Descriptor["digest"]);
      if (body !== undefined) {
        response.setHeader(
          "content-length",
          layers.find(({ digest }) => digest === last)?.size ?? 0,
        );
        Readable.from(body()).pipe(response);
      } else if (last === "v1" || last === descriptor.digest) {
        response.writeHead(200, { "content-type": OCI_MANIFEST }).end(bytes);
      } else response.writeHead(request.url === "/v2/" ? 200 : 404).end();
    });
    try {
      const peak = await peakOfPull(server.origin);
      assert.ok(peak > 0 && peak < MOST_MIB, `${peak} MiB`);
    } finally {
      await server.close();
    }
  });
});

/** Pulls in a process of its own and returns the peak of its memory in MiB. */
async function peakOfPull(origin: string): Promise<number> {
  const target = new TemporaryFolder();
  try {
    const program = join(__dirname, "..", "support", "pullOnce.js");
    const args = [program, origin, "v1", target.path];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    assert.equal(statSync(join(target.path, "data/big")).size, GIB);
    assert.equal(statSync(join(target.path, "file")).size, GIB);
    return Number(stdout);
  } finally {
    target.remove();
  }
}

function descriptorOf(
  chunks: Iterable<Buffer>,
  annotations: Readonly<Record<string, string>>,
  title: string,
): Descriptor {
  const hash = createHash("sha256");
  let size = 0;
  for (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
  }
  const digest = `sha256:${hash.digest("hex")}` as Descriptor["digest"];
  const named = { ...annotations, "org.opencontainers.image.title": title };
  return { mediaType: "application/vnd.example", digest, size, annotations: named };
}
