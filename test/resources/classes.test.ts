import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { before, describe, it } from "mocha";
import {
  ArtifactCopy,
  ArtifactTag,
  type CopySourceArgs,
  ManifestProperties,
  OciArtifact,
  OciIndex,
  type RegistryArgs,
  RepositoryProperties,
  RetentionPolicy,
  TagLock,
} from "pulumi-acr";

const digest = `sha256:${"0".repeat(64)}`;
const secretMark = "4dabf18193072939515e22adb298388d";

interface Kind {
  readonly name: string;
  readonly create: (
    name: string,
    registry?: pulumi.Input<RegistryArgs>,
    options?: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource;
  /** Absent for kinds without an object in the registry. */
  readonly get?: (name: string, id: string) => pulumi.CustomResource;
  readonly id: string;
  /** Properties that the class documents as readable. */
  readonly readable: readonly string[];
}

const none = (): Promise<RegistryArgs> => Promise.resolve(undefined as unknown as RegistryArgs);

const attributes = ["deleteEnabled", "writeEnabled", "readEnabled", "listEnabled"];

const kinds: readonly Kind[] = [
  {
    name: "OciArtifact",
    create: (name, registry, options) =>
      new OciArtifact(name, { repository: "charts/web", registry }, options),
    get: (name, id) => OciArtifact.get(name, id),
    id: `myregistry.azurecr.io/charts/web@${digest}`,
    readable: [
      ...["digest", "size", "mediaType", "configDescriptor", "layerDescriptors", "reference"],
      ...["tagDigests", "drift", "repository", "artifactType", "annotations", "tags"],
    ],
  },
  {
    name: "OciIndex",
    create: (name, registry, options) =>
      new OciIndex(name, { repository: "charts/web", manifests: [], registry }, options),
    get: (name, id) => OciIndex.get(name, id),
    id: `myregistry.azurecr.io/charts/web@${digest}`,
    readable: [
      ...["digest", "size", "mediaType", "reference", "tagDigests", "drift", "repository"],
      ...["artifactType", "annotations", "tags", "manifests"],
    ],
  },
  {
    name: "ArtifactCopy",
    create: (name, registry, options) =>
      new ArtifactCopy(
        name,
        { repository: "charts/web", source: { repository: "dev/web", digest }, registry },
        options,
      ),
    get: (name, id) => ArtifactCopy.get(name, id),
    id: `myregistry.azurecr.io/charts/web@${digest}`,
    readable: [
      ...["digest", "size", "mediaType", "artifactType", "included", "reference", "tagDigests"],
      ...["drift", "repository", "tags"],
    ],
  },
  {
    name: "ArtifactTag",
    create: (name, registry, options) =>
      new ArtifactTag(name, { repository: "charts/web", tag: "1", digest, registry }, options),
    get: (name, id) => ArtifactTag.get(name, id),
    id: "myregistry.azurecr.io/charts/web:1",
    readable: ["repository", "tag", "digest", "reference", "drift"],
  },
  {
    name: "TagLock",
    create: (name, registry, options) =>
      new TagLock(name, { repository: "charts/web", tag: "1.0.0", registry }, options),
    get: (name, id) => TagLock.get(name, id),
    id: "myregistry.azurecr.io/charts/web:1.0.0",
    readable: ["repository", "tag", "tagDigest", "drift", ...attributes],
  },
  {
    name: "ManifestProperties",
    create: (name, registry, options) =>
      new ManifestProperties(name, { repository: "charts/web", digest, registry }, options),
    get: (name, id) => ManifestProperties.get(name, id),
    id: `myregistry.azurecr.io/charts/web@${digest}`,
    readable: ["repository", "digest", "drift", ...attributes],
  },
  {
    name: "RepositoryProperties",
    create: (name, registry, options) =>
      new RepositoryProperties(name, { repository: "charts/web", registry }, options),
    get: (name, id) => RepositoryProperties.get(name, id),
    id: "myregistry.azurecr.io/charts/web",
    readable: ["repository", "drift", ...attributes],
  },
  {
    name: "RetentionPolicy",
    create: (name, registry, options) =>
      new RetentionPolicy(name, { repository: "charts/web", keepNewest: 3, registry }, options),
    id: "myregistry.azurecr.io/charts/web",
    readable: ["repository", "plan", "deleted", "leftAlone"],
  },
];

interface Registered {
  readonly type: string;
  readonly id: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
}

class Component extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("example:index:Component", name, {}, options);
  }
}

describe("resource classes", () => {
  const registered = new Map<string, Registered>();

  before(() =>
    pulumi.runtime.setMocks(
      {
        newResource: (args) => {
          const inputs = args.inputs as Readonly<Record<string, unknown>>;
          registered.set(args.name, { type: args.type, id: args.id, inputs });
          const known = { digest, mediaType: "application/example", size: 3 };
          return { id: args.id ?? `id of ${args.name}`, state: { ...inputs, ...known } };
        },
        call: () => ({}),
      },
      "project",
      "stack",
      false,
    ),
  );

  async function register(
    name: string,
    resource: pulumi.CustomResource,
  ): Promise<{ args: Registered; urn: string }> {
    const urn = await valueOf(resource.urn);
    const args = registered.get(name);
    assert.ok(args !== undefined);
    return { args, urn };
  }

  for (const kind of kinds) {
    describe(kind.name, () => {
      it("has the fixed type token and provider text that states contain", async () => {
        const texts = [];
        for (const name of [`${kind.name}-one`, `${kind.name}-two`]) {
          const { args } = await register(name, kind.create(name));
          assert.equal(args.type, `pulumi-nodejs:dynamic/acr:${kind.name}`);
          texts.push(args.inputs["__provider"]);
        }
        const expected = `exports.handler = () => require("pulumi-acr/provider").provider("${kind.name}", 1)`;
        assert.deepEqual(texts, [expected, expected]);
        assert.ok(expected.length < 120);
      });

      it("passes its own URN", async () => {
        // The mocks compute deeper nesting wrongly; urn.test.ts uses the engine.
        const parents = { none: undefined, component: new Component(`${kind.name}-parent`) };
        for (const [title, parent] of Object.entries(parents)) {
          const name = `${kind.name}-under-${title}`;
          const options = parent === undefined ? {} : { parent };
          const { args, urn } = await register(name, kind.create(name, undefined, options));
          assert.equal(args.inputs["__urn"], urn);
        }
      });

      it("makes a plain-text password a secret", async () => {
        const name = `${kind.name}-secret`;
        const registry = {
          loginServer: "myregistry.azurecr.io",
          username: "me",
          password: "hunter2",
        };
        const { args } = await register(name, kind.create(name, registry));
        const sent = args.inputs["registry"] as Record<string, unknown>;
        assert.ok(secretMark in sent);
        assert.deepEqual(sent["value"], registry);
      });

      it("passes no registry if none is given", async () => {
        const name = `${kind.name}-plain`;
        const { args } = await register(name, kind.create(name));
        assert.ok(!("registry" in args.inputs));
      });

      it("passes no registry if it resolves to undefined", async () => {
        const nothing = pulumi.output(undefined) as unknown as pulumi.Output<RegistryArgs>;
        for (const [title, registry] of Object.entries({ output: nothing, promise: none() })) {
          const name = `${kind.name}-nothing-${title}`;
          const { args } = await register(name, kind.create(name, registry));
          assert.ok(!("registry" in args.inputs));
        }
      });

      it("has an output for each documented property, given or not, and after get", async () => {
        const got = kind.get?.(`${kind.name}-got`, kind.id);
        const resources = [kind.create(`${kind.name}-read`), ...(got === undefined ? [] : [got])];
        for (const resource of resources) {
          const properties = resource as unknown as Record<string, unknown>;
          const absent = kind.readable.filter(
            (name) => !pulumi.Output.isInstance(properties[name]),
          );
          assert.deepEqual(absent, []);
          await valueOf(resource.urn);
        }
      });

      const { get } = kind;
      if (get === undefined) return;
      it("reads by id alone in get", async () => {
        const name = `${kind.name}-get`;
        const resource = get(name, kind.id);
        const { args } = await register(name, resource);
        assert.equal(args.id, kind.id);
        assert.deepEqual(Object.keys(args.inputs).sort(), ["__provider", "__urn"]);
        assert.equal(await valueOf(resource.id), kind.id);
      });
    });
  }

  const noObjects: unknown[] = [undefined, null, "charts/web", ["charts/web"], pulumi.output({})];
  for (const Kind of [OciArtifact, ArtifactTag] as unknown as (new (
    ...of: unknown[]
  ) => unknown)[]) {
    it(`${Kind.name} refuses arguments that are not an object, without a stack trace`, () => {
      for (const args of noObjects) {
        assert.throws(
          () => new Kind("web", args),
          (error: Error) =>
            pulumi.RunError.isInstance(error) &&
            error.message.startsWith(`${Kind.name} "web": expected an object of arguments`),
        );
      }
    });
  }

  it("a copy makes the password of its source a secret, even in an output", async () => {
    const registry = { loginServer: "dev.azurecr.io", username: "me", password: "hunter2" };
    const source = { repository: "dev/web", digest, registry };
    for (const [name, given] of Object.entries({ known: source, output: pulumi.output(source) })) {
      const copy = new ArtifactCopy(`from ${name}`, { repository: "charts/web", source: given });
      const { args } = await register(`from ${name}`, copy);
      assert.ok(secretMark in (args.inputs["source"] as object) || secretIn(args.inputs["source"]));
    }
  });

  const noSources = [null, "dev/web:1", ["dev/web"], Promise.resolve("dev/web:1")];
  for (const [row, given] of [...noSources, pulumi.output<unknown>(undefined)].entries()) {
    it(`a copy leaves an invalid source for check to refuse (${row})`, async () => {
      const source = given as unknown as pulumi.Input<CopySourceArgs>;
      const copy = new ArtifactCopy(`from nothing ${row}`, { repository: "charts/web", source });
      const { args } = await register(`from nothing ${row}`, copy);
      assert.deepEqual(args.inputs["source"], await valueOf(pulumi.output(given)));
    });
  }

  it("a copy accepts a resource as its source, by digest or tag and with its registry", async () => {
    const registry = { loginServer: "dev.azurecr.io" };
    const artifact = new OciArtifact("source", { repository: "charts/web", registry });
    const lock = new TagLock("locked source", { repository: "charts/web", tag: "1.0" });
    const expected = {
      "of an artifact": { repository: "charts/web", digest, registry },
      "of a locked tag": { repository: "charts/web", tag: "1.0" },
    };
    for (const [name, source] of Object.entries({
      "of an artifact": artifact,
      "of a locked tag": lock,
    })) {
      const copy = new ArtifactCopy(name, { repository: "prod/web", source });
      const { args } = await register(name, copy);
      assert.deepEqual(args.inputs["source"], expected[name as keyof typeof expected]);
    }
  });

  it("an artifact has a descriptor for use as a subject and in an index", async () => {
    const artifact = new OciArtifact("subject", { repository: "charts/web" });
    assert.deepEqual(await valueOf(artifact.descriptor), {
      mediaType: "application/example",
      digest,
      size: 3,
    });
    const referrer = new OciArtifact("referrer", {
      repository: "charts/web",
      subject: artifact.descriptor,
    });
    const { args } = await register("referrer", referrer);
    assert.deepEqual(args.inputs["subject"], await valueOf(artifact.descriptor));
    const platform = { os: "linux", architecture: "amd64" };
    const index = new OciIndex("of artifacts", {
      repository: "charts/web",
      manifests: [artifact.descriptor, artifact.descriptor.apply((one) => ({ ...one, platform }))],
    });
    const { inputs } = (await register("of artifacts", index)).args;
    const descriptor = await valueOf(artifact.descriptor);
    assert.deepEqual(inputs["manifests"], [descriptor, { ...descriptor, platform }]);
    assert.deepEqual(await valueOf(index.descriptor), descriptor);
  });
});

/** Whether the registry in a source is secret: a secret inside marks the whole object. */
function secretIn(source: unknown): boolean {
  const { registry } = source as { registry: object };
  return secretMark in registry;
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value as T)));
}
