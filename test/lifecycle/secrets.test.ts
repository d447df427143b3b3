import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  ArtifactTag,
  ManifestProperties,
  OciArtifact,
  OciIndex,
  RepositoryProperties,
  TagLock,
} from "pulumi-acr";
import { type Emulator, startEmulator } from "pulumi-acr/emulator";
import { EngineStack, type EngineStackOptions } from "../support/engine.js";

/** Must appear only in requests to the registry. */
const CANARY = "canary-8d1f3c";

interface State {
  readonly deployment: {
    readonly resources: readonly {
      readonly type: string;
      readonly inputs?: Readonly<Record<string, unknown>>;
      readonly outputs?: Readonly<Record<string, unknown>>;
    }[];
  };
}

describe("secrets", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let stack: EngineStack | undefined;

  beforeEach(async () => {
    emulator = await startEmulator({ username: "admin", password: CANARY });
  });
  afterEach(async () => {
    stack?.remove();
    stack = undefined;
    await emulator.close();
  });

  /** Every way to give a password. */
  const ways: {
    name: string;
    options: () => EngineStackOptions;
    registry: () => pulumi.Input<object> | undefined;
  }[] = [
    {
      name: "the environment",
      options: () => ({
        environment: {
          ACR_LOGIN_SERVER: emulator.url,
          ACR_USERNAME: "admin",
          ACR_PASSWORD: CANARY,
        },
      }),
      registry: () => undefined,
    },
    {
      name: "an environment variable of another name",
      options: () => ({ environment: { MY_PASSWORD: CANARY } }),
      registry: () => ({
        loginServer: emulator.url,
        username: "admin",
        passwordVariable: "MY_PASSWORD",
      }),
    },
    {
      name: "secret configuration",
      options: () => ({
        configuration: {
          "acr:loginServer": { value: emulator.url },
          "acr:username": { value: "admin" },
          "acr:password": { value: CANARY, secret: true },
        },
      }),
      registry: () => undefined,
    },
    {
      name: "a secret argument",
      options: () => ({}),
      registry: () => ({
        loginServer: emulator.url,
        username: "admin",
        password: pulumi.secret(CANARY),
      }),
    },
    {
      name: "a plain argument",
      options: () => ({}),
      registry: () => ({ loginServer: emulator.url, username: "admin", password: CANARY }),
    },
  ];

  for (const { name, options, registry } of ways) {
    it(`from ${name} stay out of state and output`, async () => {
      stack = await EngineStack.create(options());
      stack.program = () => {
        const args = { repository: "team/app", registry: registry() };
        const artifact = new OciArtifact("app", {
          ...args,
          artifactType: "application/vnd.example",
          tags: ["1.0"],
        });
        new TagLock(
          "lock",
          { ...args, tag: "1.0", digest: artifact.digest },
          { dependsOn: artifact },
        );
        const { digest } = artifact;
        new ManifestProperties(
          "properties",
          { ...args, digest, listEnabled: true },
          { dependsOn: artifact },
        );
        const index = new OciIndex("index", { ...args, manifests: [artifact.descriptor] });
        const tag = new ArtifactTag("tag", { ...args, tag: "all", digest: index.digest });
        new RepositoryProperties("repository", { ...args, listEnabled: true }, { dependsOn: tag });
        return Promise.resolve();
      };
      const printed = [(await stack.preview()).output, (await stack.up()).output];
      const state = await stack.exportState();
      printed.push(state, (await stack.destroy()).output);
      for (const text of printed) assert.ok(!text.includes(CANARY), "a secret was printed or kept");
      assertProviderText(JSON.parse(state) as State);
      assertLoginServerReadable(JSON.parse(state) as State, emulator.url);
    });
  }

  it("stay out of the state after a failure and out of the next run's diff", async () => {
    const other = "canary-changed-5b2";
    stack = await EngineStack.create({});
    const failure = {
      type: "status",
      status: 400,
      code: "TAG_INVALID",
    } as const;
    emulator.faults.add({
      method: "PUT",
      path: /\/manifests\/1\.0$/,
      times: Infinity,
      action: failure,
    });
    let password: pulumi.Input<string> = CANARY;
    stack.program = () => {
      const { url: loginServer } = emulator;
      const registry = { loginServer, username: "admin", password };
      const artifactType = "application/vnd.example";
      new OciArtifact("app", { registry, repository: "team/app", artifactType, tags: ["1.0"] });
      return Promise.resolve();
    };
    const printed: string[] = [];
    const failed = await stack.up().then(
      () => assert.fail("the tag was pushed"),
      (error: unknown) => String(error),
    );
    printed.push(failed, await stack.exportState());
    assert.match(printed.at(-1) ?? "", /initErrors/);
    // A wrong password, then the right one: the plan has the change, but its text has no secret.
    emulator.faults.clear();
    password = other;
    printed.push((await stack.preview()).output);
    printed.push(await stack.up().then(({ output }) => output, String), await stack.exportState());
    password = CANARY;
    printed.push(
      (await stack.up()).output,
      await stack.exportState(),
      (await stack.destroy()).output,
    );
    for (const text of printed) {
      for (const secret of [CANARY, other]) assert.ok(!text.includes(secret), "a secret was told");
    }
  });
});

/** States keep the provider's text, so it is short and the same for all resources of a kind. */
function assertProviderText({ deployment }: State): void {
  const ours = deployment.resources.filter(({ type }) =>
    type.startsWith("pulumi-nodejs:dynamic/acr"),
  );
  assert.equal(ours.length, 6);
  for (const { type, inputs, outputs } of ours) {
    const kind = type.split(":").at(-1) ?? "";
    const expected = `exports.handler = () => require("pulumi-acr/provider").provider("${kind}", 1)`;
    assert.equal(inputs?.["__provider"], expected);
    assert.equal(outputs?.["__provider"], expected);
    assert.ok(expected.length < 120);
  }
}

/** A secret password does not hide the rest of `registry`, which stays readable in a diff. */
function assertLoginServerReadable({ deployment }: State, url: string): void {
  for (const { type, outputs } of deployment.resources) {
    if (!type.startsWith("pulumi-nodejs:dynamic/acr")) continue;
    const registry = outputs?.["registry"] as Record<string, unknown>;
    assert.equal(registry["loginServer"], url);
  }
}
