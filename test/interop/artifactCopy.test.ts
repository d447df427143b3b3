import assert from "node:assert/strict";
import { after, before, describe } from "mocha";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { foreignTool } from "../../tools/installed.js";
import { DockerRegistry } from "../support/dockerRegistry.js";
import { environmentFor } from "../support/engine.js";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { type Bag, type Declaration, MiniEngine } from "../support/miniEngine.js";
import { Somebody } from "../support/somebody.js";
import { TemporaryFolder } from "../support/temporaryFolder.js";

const REPOSITORY = "team/app";
const DOCKER = "docker-registry";

/** Copies between the reference registry, which has no referrers API, and an ACR. */
describe("a copy between Debian's docker-registry and an ACR", function () {
  this.timeout(120_000);
  const clients = new ForeignClients();
  const folder = new TemporaryFolder();
  let emulator: Emulator;
  let docker: DockerRegistry | undefined;

  before(async () => {
    emulator = await startEmulator();
    clients.signIn(emulator);
    if (foreignTool(DOCKER).path !== undefined) docker = await DockerRegistry.start();
  });
  after(async () => {
    await docker?.close();
    await emulator.close();
    clients.remove();
    folder.remove();
  });

  /** An index of two, an SBOM of one of them, and a signature of the index. */
  async function release(somebody: Somebody): Promise<{ index: string }> {
    const children = [await somebody.publish("amd64"), await somebody.publish("arm64")];
    const index = await somebody.publishIndex(children, "v1");
    await somebody.publish("signature", undefined, index);
    await somebody.publish("sbom", undefined, children[0]);
    return { index };
  }

  function somebodyAt(kind: "docker" | "emulator", repository: string): Somebody {
    const credentials = { username: "nobody", password: "asks" };
    return kind === "emulator"
      ? new Somebody(emulator, repository)
      : new Somebody({ url: String(docker?.url), credentials }, repository);
  }

  function copy(source: Bag, repository: string): Declaration {
    return { name: "copy", kind: "ArtifactCopy", inputs: { source, repository, tags: ["1.0"] } };
  }

  itWith([DOCKER, "oras", "crane", "regctl"], "to the ACR can be read by others", async () => {
    const theirs = somebodyAt("docker", REPOSITORY);
    const { index } = await release(theirs);
    theirs.close();
    const registry = { loginServer: docker?.url, credential: "anonymous" };
    const engine = new MiniEngine({ environment: environmentFor(emulator) });
    await engine.up([copy({ repository: REPOSITORY, tag: "v1", registry }, REPOSITORY)]);
    const reference = `${emulator.loginServer}/${REPOSITORY}:1.0`;
    assert.equal((await clients.run("crane", ["digest", reference])).trim(), index);
    const plain = ["--host", `reg=${emulator.loginServer},tls=disabled`];
    const head = await clients.run("regctl", [...plain, "manifest", "head", reference]);
    assert.equal(head.trim(), index);
    // It reads all manifests, referrers and blobs.
    const layout = `${folder.path}/whole:v1`;
    const flags = ["--recursive", "--from-plain-http", "--no-tty", "--to-oci-layout"];
    await clients.run("oras", ["copy", ...flags, reference, layout]);
    const list = ["discover", "--plain-http", "--format", "json", reference];
    assert.match(await clients.run("oras", list), /"digest": ?"sha256:/);
    await engine.destroy();
    const ours = somebodyAt("emulator", REPOSITORY);
    assert.equal(await ours.repository.attributes.repository(), undefined);
    ours.close();
  });

  itWith([DOCKER, "oras"], "from the ACR lists referrers by tag and leaves nothing", async () => {
    const theirs = somebodyAt("emulator", "dev/app");
    const { index } = await release(theirs);
    theirs.close();
    const environment = { ACR_LOGIN_SERVER: String(docker?.url), ACR_CREDENTIAL: "anonymous" };
    const engine = new MiniEngine({ environment });
    const { username, password } = emulator.credentials;
    const registry = { loginServer: emulator.url, username, password };
    await engine.up([copy({ repository: "dev/app", digest: index, registry }, "prod/app")]);
    const reference = `${docker?.loginServer}/prod/app:1.0`;
    const list = ["discover", "--plain-http", "--format", "json", reference];
    assert.match(await clients.run("oras", list), /"digest": ?"sha256:/);
    const included = engine.resource("copy").outputs["included"] as { digest: string }[];
    const came = [index, ...included.map(({ digest }) => digest)];
    assert.equal(came.length, 5);
    await engine.destroy();
    const ours = somebodyAt("docker", "prod/app");
    for (const digest of came) assert.equal(await ours.has(digest), false, digest);
    const tags: string[] = [];
    for await (const tag of ours.repository.tags.list()) tags.push(tag);
    assert.deepEqual(tags, []);
    ours.close();
  });
});
