import assert from "node:assert/strict";
import { after, before, describe } from "mocha";
import { startEmulator } from "../../emulator/index.js";
import {
  type Descriptor,
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  type EncodedManifest,
  memoryBlob,
  OCI_MANIFEST,
  type RegistryClient,
  type Repository,
} from "../../provider/registry/index.js";
import { ForeignClients, itWith } from "../support/foreignClients.js";
import { type Declaration, MiniEngine } from "../support/miniEngine.js";
import {
  clientOf,
  environmentOf,
  isHere,
  REGISTRIES,
  type RegistryKind,
  type RunningRegistry,
} from "./registries.js";

const OURS = "application/vnd.example.ours";
const THEIRS = "application/vnd.example.theirs";

/** Registries that list referrers, and those where clients list them under a tag. */
const KINDS: readonly RegistryKind[] = [
  ...REGISTRIES.filter(({ name }) => !name.includes("sign-in")),
  { name: "the emulator with customer-managed keys", needs: [], start: startedWithCustomerKeys },
];

for (const kind of KINDS) {
  describe(`referrers on ${kind.name}`, function () {
    this.timeout(60_000);
    testReferrers(kind);
  });
}

function testReferrers(kind: RegistryKind): void {
  const clients = new ForeignClients();
  let registry: RunningRegistry;
  let client: RegistryClient;

  before(async () => {
    if (!isHere(kind)) return;
    registry = await kind.start();
    clients.signIn(registry);
    client = clientOf(registry);
  });
  after(async () => {
    clients.remove();
    if (!isHere(kind)) return;
    client.close();
    await registry.close();
  });

  async function subjectIn(repository: Repository): Promise<EncodedManifest> {
    await repository.blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
    const subject = encodeManifest({ ...IMAGE, artifactType: "application/vnd.example" });
    await repository.manifests.push(subject, { tag: "v1" });
    return subject;
  }

  function attach(repository: Repository, { descriptor }: EncodedManifest, name: string) {
    const { mediaType, digest, size } = descriptor;
    const manifest = encodeManifest({
      ...IMAGE,
      artifactType: OURS,
      subject: { mediaType, digest, size },
      annotations: { name },
    });
    return repository.manifests.push(manifest);
  }

  const at = (repository: Repository): string => `${registry.loginServer}/${repository.name}:v1`;
  const oras = (verb: string, target: string, ...more: readonly string[]): Promise<string> =>
    clients.run("oras", [verb, "--plain-http", ...more, target]);
  const orasAttach = (repository: Repository, number = 0): Promise<string> =>
    oras(
      "attach",
      at(repository),
      "--no-tty",
      `--artifact-type=${THEIRS}`,
      `--annotation=org.example.number=${number}`,
    );

  itWith(
    [...kind.needs, "oras", "regctl"],
    "of ours are seen by oras and regctl, and theirs by us",
    async () => {
      const repository = client.repository("suite/both");
      const subject = await subjectIn(repository);
      await attach(repository, subject, "first");
      await orasAttach(repository);
      await attach(repository, subject, "second");
      const types = [OURS, OURS, THEIRS];
      assert.deepEqual(await typesOf(repository, subject), types);
      assert.deepEqual(await typesOf(repository, subject, THEIRS), [THEIRS]);
      const discovered = JSON.parse(await oras("discover", at(repository), "--format=json")) as {
        referrers: { artifactType: string }[];
      };
      assert.deepEqual(discovered.referrers.map(({ artifactType }) => artifactType).sort(), types);
      await clients.run("regctl", ["registry", "set", registry.loginServer, "--tls", "disabled"]);
      const list = ["artifact", "list", at(repository), "--format", "{{jsonPretty .Descriptors}}"];
      const found = JSON.parse(await clients.run("regctl", list)) as Descriptor[];
      assert.deepEqual(found.map(({ artifactType }) => artifactType).sort(), types);
      const filtered = [...list, "--filter-artifact-type", OURS];
      assert.equal((await clients.run("regctl", filtered)).match(/"digest"/g)?.length, 2);
    },
  );

  itWith([...kind.needs, "oras"], "of ours stay listed when oras deletes its own", async () => {
    const repository = client.repository("suite/delete");
    const subject = await subjectIn(repository);
    await attach(repository, subject, "ours");
    await orasAttach(repository);
    const [theirs] = await listed(repository, subject, THEIRS);
    const name = `${registry.loginServer}/${repository.name}@${theirs?.digest}`;
    await clients.run("oras", ["manifest", "delete", "--plain-http", "--force", name]);
    assert.deepEqual(await typesOf(repository, subject), [OURS]);
  });

  itWith(
    [...kind.needs, "oras"],
    "of ours are all listed when oras attaches at the same time",
    async () => {
      const repository = client.repository("suite/race");
      const subject = await subjectIn(repository);
      // Two pushes of oras may overwrite each other, which oras may report.
      const theirs = [1, 2].map((number) => orasAttach(repository, number));
      const ours = ["1", "2", "3"].map((name) => attach(repository, subject, name));
      await Promise.all(ours);
      await Promise.allSettled(theirs);
      assert.equal((await listed(repository, subject, OURS)).length, 3);
    },
  );

  itWith([...kind.needs], "of a stack are published, repaired and destroyed", async () => {
    const repository = client.repository("suite/stack");
    const engine = new MiniEngine({ environment: environmentOf(registry) });
    const [app, sbom] = stackIn(repository.name);
    await engine.up([app, sbom]);
    const { digest } = engine.resource("sbom").outputs;
    const subject = { descriptor: engine.resource("app").outputs as unknown as Descriptor };
    assert.deepEqual(
      (await listed(repository, subject)).map((one) => one.digest),
      [digest],
    );
    await repository.referrers.remove(subject.descriptor.digest, String(digest));
    await engine.refresh();
    await engine.up([app, sbom]);
    assert.deepEqual(
      (await listed(repository, subject)).map((one) => one.digest),
      [digest],
    );
    // As if the subject was declared last: its removal comes first and has to wait.
    engine.state = [engine.resource("sbom"), engine.resource("app")];
    await engine.destroy();
    const remaining: string[] = [];
    for await (const tag of repository.tags.list()) remaining.push(tag);
    assert.deepEqual(remaining, []);
    for (const gone of [subject.descriptor.digest, String(digest)]) {
      assert.equal(await repository.manifests.resolve(gone), undefined);
    }
  });
}

const IMAGE = {
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: EMPTY_DESCRIPTOR,
  layers: [EMPTY_DESCRIPTOR],
} as const;

function stackIn(repository: string): [app: Declaration, sbom: Declaration] {
  const app = {
    name: "app",
    kind: "OciArtifact",
    inputs: {
      repository,
      artifactType: "application/vnd.example",
      layers: [{ content: "app" }],
      tags: ["v1"],
    },
  } as const;
  const sbom: Declaration = {
    name: "sbom",
    kind: "OciArtifact",
    inputs: (outputsOf) => {
      const { mediaType, digest, size } = outputsOf("app");
      const layers = [{ content: "sbom" }];
      return { repository, artifactType: OURS, layers, subject: { mediaType, digest, size } };
    },
  };
  return [app, sbom];
}

async function listed(
  repository: Repository,
  { descriptor }: Pick<EncodedManifest, "descriptor">,
  artifactType?: string,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for await (const one of repository.referrers.list(descriptor.digest, { artifactType })) {
    found.push(one);
  }
  return found;
}

async function typesOf(...of: Parameters<typeof listed>): Promise<readonly (string | undefined)[]> {
  return (await listed(...of)).map(({ artifactType }) => artifactType).sort();
}

async function startedWithCustomerKeys(): Promise<RunningRegistry> {
  const emulator = await startEmulator({ referrersApi: false });
  const { url, loginServer, credentials } = emulator;
  return { url, loginServer, credentials, takeRequests: () => [], close: () => emulator.close() };
}
