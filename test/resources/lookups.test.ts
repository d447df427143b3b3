import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { inspect, promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { after, afterEach, before, describe, it } from "mocha";
import { getArtifact, getArtifactOutput, getTags, getTagsOutput, LookupError } from "pulumi-acr";
import { hasCode } from "pulumi-acr/client";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { Somebody } from "../support/somebody.js";

const REPOSITORY = "charts/web";
const run = promisify(execFile);

/** Look-ups as a program calls them, without an engine. */
describe("look-up functions", function () {
  this.timeout(20_000);
  let emulator: Emulator;
  let somebody: Somebody;
  let digest: string;

  before(async () => {
    emulator = await startEmulator();
    somebody = new Somebody(emulator, REPOSITORY);
    digest = await somebody.publish("hello", "1.2.3");
  });
  after(async () => {
    somebody.close();
    await emulator.close();
  });
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
    return pulumi.runtime.setMocks(mocks, "project", "stack", false);
  });

  const registry = (): { loginServer: string; username: string; password: string } => ({
    loginServer: emulator.url,
    ...emulator.credentials,
  });

  it("use the stack's configuration, including secrets", async () => {
    const { username, password } = emulator.credentials;
    pulumi.runtime.setAllConfig(
      { "acr:loginServer": emulator.url, "acr:username": username, "acr:password": password },
      ["acr:password"],
    );
    const found = await getArtifact({ repository: REPOSITORY, tag: "1.2.3" });
    assert.equal(found.digest, digest);
    assert.equal(JSON.stringify(found).includes(password), false);
  });

  it("fail with a code and the function's name, and without a stack trace", async () => {
    const find = getArtifact({ repository: REPOSITORY, tag: "2", registry: registry() });
    await assert.rejects(find, (error: unknown) => {
      assert.ok(error instanceof LookupError && pulumi.RunError.isInstance(error));
      const name = `${emulator.loginServer}/${REPOSITORY}:2`;
      assert.equal(error.message, `getArtifact: ${name} does not exist [NOT_FOUND]`);
      assert.equal(error.code, "NOT_FOUND");
      // Pulumi prints an error that ends a program in this way.
      assert.equal(inspect(error, { colors: true }), `LookupError: ${error.message}`);
      assert.equal(error.stack, `LookupError: ${error.message}`);
      return hasCode(error, "NOT_FOUND") && hasCode(error.cause, "NOT_FOUND");
    });
    await assert.rejects(getTags({ repository: "Charts", registry: registry() }), {
      code: "INPUT_INVALID",
      message: /^getTags: repository: "Charts" is not a repository name.* \[INPUT_INVALID\]$/,
    });
  });

  it("suggest a likely reason when they fail at preview", async () => {
    await pulumi.runtime.setMocks(mocks, "project", "stack", true);
    const find = getArtifact({ repository: REPOSITORY, tag: "2", registry: registry() });
    await assert.rejects(
      find,
      /does not exist\. If this program publishes it, .*getArtifactOutput/,
    );
  });

  it("refuse arguments that are not an object", async () => {
    for (const args of [undefined, null, "charts/web", []]) {
      await assert.rejects(getArtifact(args as never), {
        code: "INPUT_INVALID",
        message: "getArtifact: expected an object of arguments [INPUT_INVALID]",
      });
    }
  });

  it("refuse outputs where they expect plain values", async () => {
    const repository = pulumi.output(REPOSITORY) as never;
    await assert.rejects(getTags({ repository }), {
      code: "INPUT_INVALID",
      message: /^getTags: repository is an output: use getTagsOutput, which waits for its value/,
    });
    const password = pulumi.secret("p") as never;
    await assert.rejects(
      getTags({ repository: "a", registry: { password } }),
      /^LookupError: getTags: registry is/,
    );
  });

  it("wait for outputs, and a secret password does not make the result secret", async () => {
    const { password, ...rest } = registry();
    const output = getTagsOutput({
      repository: pulumi.output(REPOSITORY),
      registry: { ...rest, password: pulumi.secret(password) },
    });
    assert.deepEqual(
      (await valueOf(output)).tags.map(({ name }) => name),
      ["1.2.3"],
    );
    assert.equal(await pulumi.isSecret(output), false);
    const secret = getTagsOutput({ repository: pulumi.secret(REPOSITORY), registry: registry() });
    assert.equal(await pulumi.isSecret(secret), true);
  });

  it("make no request while an argument or a resource is unknown", async () => {
    await pulumi.runtime.setMocks(mocks, "project", "stack", true);
    emulator.journal.clear();
    const planned = new Planned("planned", {});
    const outputs = [
      getArtifactOutput({ reference: planned.id, registry: registry() }),
      getArtifactOutput(
        { repository: REPOSITORY, tag: "1.2.3", registry: registry() },
        { dependsOn: planned },
      ),
      getArtifactOutput(
        { repository: REPOSITORY, tag: "1.2.3", registry: registry() },
        { dependsOn: [pulumi.output(planned)] },
      ),
      getTagsOutput({ repository: REPOSITORY, registry: { loginServer: planned.id } }),
    ];
    for (const output of outputs) assert.equal(await isKnown(output), false);
    assert.deepEqual(emulator.journal.entries, []);
    const known = getTagsOutput({ repository: REPOSITORY, registry: registry() });
    assert.equal(await isKnown(known), true);
  });

  it("wait for the resources behind their arguments and for a component's children", async () => {
    await pulumi.runtime.setMocks(mocks, "project", "stack", true);
    emulator.journal.clear();
    const planned = new Planned("planned", { repository: REPOSITORY });
    assert.equal(await isKnown(planned.repository), true);
    const query = { repository: REPOSITORY, registry: registry() };
    const family = new Family("family");
    const outputs = [
      getTagsOutput({ ...query, repository: planned.repository }),
      getTagsOutput({ ...query, registry: { ...registry(), clientId: planned.repository } }),
      getTagsOutput(query, { dependsOn: family }),
      getTagsOutput(query, { dependsOn: [Promise.resolve(family)] }),
      getTagsOutput(query, { dependsOn: planned.repository.apply(() => []) }),
    ];
    for (const output of outputs) assert.equal(await isKnown(output), false);
    assert.deepEqual(emulator.journal.entries, []);
    const childless = new pulumi.ComponentResource("example:index:Childless", "childless");
    for (const dependsOn of [childless, [], undefined]) {
      assert.equal(await isKnown(getTagsOutput(query, { dependsOn })), true);
    }
  });

  it("pass on their dependencies", async () => {
    const family = new Family("family");
    const found = getTagsOutput(
      { repository: REPOSITORY, registry: registry() },
      { dependsOn: [family] },
    );
    assert.ok((await pulumi.getAllResources(found)).has(family.child));
  });

  it("refuse meaningless options, but not the index that a map passes", async () => {
    const query = { repository: REPOSITORY, registry: registry() };
    const refusal = (message: RegExp) => ({ code: "INPUT_INVALID", message });
    const planned = new Planned("planned", {});
    const plain = getTags as (args: object, options: object) => Promise<unknown>;
    await assert.rejects(
      plain(query, { dependsOn: [planned] }),
      refusal(/^getTags: dependsOn: a promise cannot wait for a resource: use getTagsOutput/),
    );
    await assert.rejects(
      plain(query, { provider: planned }),
      refusal(/^getTags: the option provider has no meaning/),
    );
    const deferred = (options: object): Promise<unknown> =>
      promiseOf(getTagsOutput(query, options as never));
    await assert.rejects(
      deferred({ parent: planned }),
      refusal(/^getTags: the option parent has no meaning for look-ups.*`registry`/),
    );
    await assert.rejects(deferred({ dependsOn: ["planned"] }), refusal(/dependsOn: expected/));
    await deferred({ parent: undefined, dependsOn: undefined });
    assert.equal((await Promise.all([query, query].map(getTags))).length, 2);
  });

  it("refuse arguments that are missing or an output as a whole", async () => {
    for (const args of [undefined, null, pulumi.output({ repository: REPOSITORY })]) {
      await assert.rejects(promiseOf(getTagsOutput(args as never)), {
        code: "INPUT_INVALID",
        message: "getTags: expected an object of arguments [INPUT_INVALID]",
      });
    }
  });

  it("load the provider only when called, and let the program end", async () => {
    const script = `
      const acr = require("pulumi-acr");
      const loaded = () => Object.keys(require.cache).filter((file) => /[\\\\/](?:provider|@azure|zod)[\\\\/]/.test(file)
        && !file.includes("@pulumi"));
      const before = loaded();
      acr.getTags({ repository: ${JSON.stringify(REPOSITORY)} }).then(({ tags }) =>
        console.log(JSON.stringify({ before, after: loaded().length, tags: tags.length })));
    `;
    const { username, password } = emulator.credentials;
    const env = {
      ...process.env,
      ACR_LOGIN_SERVER: emulator.url,
      ACR_USERNAME: username,
      ACR_PASSWORD: password,
    };
    const { stdout } = await run(process.execPath, ["-e", script], { env, timeout: 15_000 });
    const told = JSON.parse(stdout) as { before: string[]; after: number; tags: number };
    assert.deepEqual(told.before, []);
    assert.ok(told.after > 0);
    assert.equal(told.tags, 1);
  });
});

/** A planned resource: at preview its id is unknown, but its inputs are known. */
class Planned extends pulumi.CustomResource {
  declare readonly repository: pulumi.Output<string>;

  constructor(name: string, args: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super("example:index:Planned", name, { repository: undefined, ...args }, options);
  }
}

class Family extends pulumi.ComponentResource {
  readonly child: Planned;

  constructor(name: string) {
    super("example:index:Family", name);
    this.child = new Planned(`${name}-child`, {}, { parent: this });
    this.registerOutputs({});
  }
}

const mocks: pulumi.runtime.Mocks = {
  newResource: ({ inputs }) => ({ id: undefined, state: inputs as Record<string, unknown> }),
  call: ({ inputs }) => inputs as Record<string, unknown>,
};

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Unlike `apply`, it rejects with the error. */
function promiseOf(output: pulumi.Output<unknown>): Promise<unknown> {
  return (output as unknown as { promise(): Promise<unknown> }).promise();
}

function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;
}
