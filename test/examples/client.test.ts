import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, beforeEach, describe, it } from "mocha";
import {
  encodeManifest,
  memoryBlob,
  OCI_MANIFEST,
  parseDigest,
  RegistryClient,
  type Repository,
} from "pulumi-acr/client";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { checkout } from "../../tools/installed.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const NAME = "library/hello-world";
const CLIENT = "3f0b8f1e-9c55-4a2e-9a52-6a4b4f1f7f10";
const SECRET = "canary-client-secret";
const folder = join(checkout, "examples", "client");
const run = promisify(execFile);

describe("the client's examples", function () {
  this.timeout(60_000);
  this.slow(10_000);
  const files = new TemporaryFolder();
  const ran = new Set<string>();
  let emulator: Emulator;
  let registry: RegistryClient;
  let images: Repository;
  before(async () => {
    const applications = [{ clientId: CLIENT, clientSecret: SECRET }];
    emulator = await startEmulator({
      tls: true,
      anonymousPull: true,
      cloud: "china",
      entra: { applications },
    });
    registry = new RegistryClient(emulator.url, {
      credential: { kind: "token", ...emulator.credentials },
      caCertificate: emulator.caCertificate ?? "",
    });
    images = registry.repository(NAME);
  });
  beforeEach(async () => {
    await registry.deleteRepository(NAME);
    emulator.journal.clear();
  });
  after(async () => {
    registry.close();
    await emulator.close();
    files.remove();
  });

  /** Runs a program as a user would, signed in as an application of the emulated Entra. */
  const example = async (name: string, ...parameters: string[]) => {
    ran.add(`${name}.ts`);
    const { stdout, stderr } = await run(
      process.execPath,
      [join(folder, `${name}.ts`), ...parameters],
      {
        cwd: files.path,
        env: {
          PATH: process.env["PATH"],
          ACR_LOGIN_SERVER: emulator.loginServer,
          NODE_EXTRA_CA_CERTS: emulator.caCertificateFile,
          AZURE_AUTHORITY_HOST: emulator.entra.authorityHost,
          AZURE_TENANT_ID: emulator.entra.tenantId,
          AZURE_CLIENT_ID: CLIENT,
          AZURE_CLIENT_SECRET: SECRET,
        },
      },
    );
    assert.ok(!`${stdout}${stderr}`.includes(SECRET));
    return { stdout, stderr };
  };
  const publish = async (text: string, ...tags: string[]): Promise<string> => {
    const [config, layer] = [`{"config":"${text}"}`, text].map((content) =>
      memoryBlob(Buffer.from(content), { mediaType: "text/plain" }),
    );
    assert.ok(config !== undefined && layer !== undefined);
    await Promise.all([images.blobs.push(config), images.blobs.push(layer)]);
    const layers = [layer.descriptor];
    const { descriptor: image, bytes } = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: config.descriptor,
      layers,
    });
    await images.manifests.push({ descriptor: image, bytes });
    for (const tag of tags) await images.manifests.push({ descriptor: image, bytes }, { tag });
    return image.digest;
  };

  it("list-repositories", async () => {
    await publish("a", "latest");
    assert.equal((await example("list-repositories")).stdout, `${NAME}\n`);
  });

  it("list-tags-anonymously", async () => {
    await publish("a", "v1", "latest");
    await publish("b", "v2");
    const { stdout } = await example("list-tags-anonymously");
    assert.deepEqual(
      stdout.split("\n").map((line) => line.split(",")[0]?.trim()),
      [`${emulator.loginServer}/${NAME}:latest has these names:`, "latest", "v1", ""],
    );
    const signedIn = emulator.journal.entries.filter(({ path }) => path === "/oauth2/exchange");
    assert.deepEqual(signedIn, []);
  });

  it("list-in-pages", async () => {
    await publish("a", "v1", "v2", "v3");
    assert.equal(
      (await example("list-in-pages")).stdout,
      "v3\nv2\nnext: node list-in-pages.ts v2\n",
    );
    const pages = emulator.journal.entries.filter(({ path }) => path.endsWith("/_tags"));
    assert.equal(pages.length, 1);
    assert.equal((await example("list-in-pages", "v2")).stdout, "v1\n");
  });

  it("set-artifact-properties", async () => {
    const digest = parseDigest(await publish("a", "v1"));
    await example("set-artifact-properties");
    const locked = {
      deleteEnabled: false,
      writeEnabled: false,
      readEnabled: true,
      listEnabled: true,
    };
    assert.deepEqual((await images.attributes.tag("v1"))?.attributes, locked);
    assert.deepEqual((await images.attributes.manifest(digest))?.attributes, locked);
    const open = { deleteEnabled: true, writeEnabled: true };
    await images.attributes.updateTag("v1", open);
    await images.attributes.updateManifest(digest, open);
  });

  it("delete-old-images", async () => {
    const digests: string[] = [];
    for (const version of [1, 2, 3, 4, 5, 6]) {
      digests.push(await publish(`version ${version}`, `v${version}`));
    }
    const lock = { writeEnabled: false, deleteEnabled: false };
    await images.attributes.updateManifest(digests[0] ?? "", lock);
    await images.attributes.updateTag("v2", lock);
    const { stdout } = await example("delete-old-images");
    assert.equal(stdout.split("\n").length - 1, 3);
    const left: string[] = [];
    for await (const { digest } of images.attributes.listManifests({ orderBy: "timeasc" }))
      left.push(digest);
    assert.deepEqual(left, digests.slice(3));
  });

  it("upload-image, then download-image", async () => {
    const { stdout } = await example("upload-image");
    const pushed = await images.manifests.resolve("demo");
    assert.match(stdout, new RegExp(`demo is ${pushed?.digest}`));
    await example("download-image", "image");
    const target = join(files.path, "image");
    const names = readdirSync(target);
    assert.equal(names.length, 4);
    assert.ok(names.every((name) => !name.includes("partial")));
    assert.equal(readFileSync(join(target, "config.json"), "utf8"), "{}");
    const contents = names.map((name) => readFileSync(join(target, name), "utf8"));
    assert.ok(contents.includes("Sample layer"));
    assert.ok(contents.includes(readFileSync(join(folder, "upload-image.ts"), "utf8")));
  });

  it("delete-manifest", async () => {
    const digest = await publish("a", "latest", "v1");
    assert.equal((await example("delete-manifest")).stdout, `${digest} was deleted\n`);
    assert.equal(await images.manifests.resolve(digest), undefined);
    assert.equal(await images.attributes.tag("v1"), undefined);
  });

  it("delete-blobs", async () => {
    await publish("layer of one's own", "latest");
    const { stdout } = await example("delete-blobs");
    const [digest = ""] = stdout.split(" ");
    assert.match(stdout, /was deleted\n$/);
    assert.equal(await images.blobs.exists(digest), false);
  });

  it("national-cloud", async () => {
    await publish("a", "latest");
    assert.equal((await example("national-cloud")).stdout, `${NAME}\n`);
    const exchanged = emulator.journal.entries.filter(({ path }) => path === "/oauth2/exchange");
    assert.deepEqual(
      exchanged.map(({ status }) => status),
      [200],
    );
  });

  it("every-request", async () => {
    await publish("a", "latest");
    const { stdout, stderr } = await example("every-request");
    assert.equal(stdout, `${NAME}\n`);
    assert.match(stderr, /^200: \d+\n$/);
    const listed = emulator.journal.entries.find(({ path }) => path === "/acr/v1/_catalog");
    assert.equal(listed?.requestHeaders["x-team"], "docs");
  });

  it("logging", async () => {
    await publish("a", "latest");
    const { stdout, stderr } = await example("logging");
    assert.equal(stdout, `${NAME}\n`);
    assert.match(stderr, /-> GET https:\S+\/acr\/v1\/_catalog/);
    assert.match(stderr, /"User-Agent":"my-pipeline\/1\.0 pulumi-acr/);
    assert.ok(!/\bey[\w-]+\.[\w-]+\.[\w-]+/.test(stderr), "a token is in the log");
  });

  it("all ran, and the README lists each of them", () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    assert.deepEqual([...ran].sort(), programs);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    const listed = [...readme.matchAll(/^\| \[([\w-]+\.ts)\]/gm)].map(([, name]) => name);
    assert.deepEqual(listed.sort(), programs);
    assert.ok(existsSync(join(folder, "package.json")));
  });
});
