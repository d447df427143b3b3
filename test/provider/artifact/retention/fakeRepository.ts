import { RegistryError } from "../../../../provider/errors.js";
import { type Digest, digestOf } from "../../../../provider/oci/digest.js";
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_MANIFEST,
} from "../../../../provider/oci/mediaTypes.js";
import type { RepositoryName } from "../../../../provider/oci/reference.js";
import type {
  ManifestProperties,
  TagProperties,
} from "../../../../provider/registry/attributes.js";
import type { Repository } from "../../../../provider/registry/repository.js";
import { OPEN } from "../../../support/attributes.js";

export type Kind = "image" | "artifact" | "index" | "docker" | "list";

const MEDIA_TYPES: Readonly<Record<Kind, string>> = {
  image: OCI_MANIFEST,
  artifact: OCI_MANIFEST,
  index: OCI_INDEX,
  docker: DOCKER_MANIFEST,
  list: DOCKER_MANIFEST_LIST,
};
const CONFIGS: Readonly<Record<Kind, string | undefined>> = {
  image: OCI_CONFIG,
  artifact: OCI_EMPTY,
  index: undefined,
  docker: "application/vnd.docker.container.image.v1+json",
  list: undefined,
};

/** One manifest; its digest is that of its name, which allows any graph, even with cycles. */
export interface FakeManifest {
  readonly name: string;
  readonly kind: Kind;
  readonly tags: Set<string>;
  readonly children: readonly string[];
  readonly subject?: string;
  /** Days since 1970. */
  readonly day: number;
  readonly size?: number;
  locked?: boolean;
  hidden?: boolean;
  /** Its bytes are not a manifest. */
  readonly broken?: boolean;
  /** Only the registry may read it (`readEnabled: false`). */
  readonly unreadable?: boolean;
}

export const digestOfName = (name: string): Digest => digestOf(name);

function timeOfDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().replace("Z", "0000Z");
}

type Fakes = Pick<Repository, "attributes" | "manifests" | "tags" | "referrers">;

/** A repository in memory with the calls that retention makes. */
export class FakeRepository {
  readonly manifests = new Map<Digest, FakeManifest>();
  readonly lockedTags = new Set<string>();
  repositoryLocked = false;
  /** Manifests that the registry counts in addition to those that exist. */
  miscounted = 0;
  /** Number of entries after which a listing by newest ends too early. */
  listsAtMost = Infinity;
  /** Runs before each deletion, of a manifest or of a tag. */
  beforeDelete: (reference: string) => void = () => undefined;
  /** Runs at each call, before it is answered. */
  onCall: (call: string) => void = () => undefined;

  constructor(manifests: readonly FakeManifest[] = []) {
    for (const manifest of manifests) this.push(manifest);
  }

  push(manifest: FakeManifest): void {
    this.manifests.set(digestOfName(manifest.name), manifest);
  }

  get(name: string): FakeManifest | undefined {
    return this.manifests.get(digestOfName(name));
  }

  names(): readonly string[] {
    return [...this.manifests.values()].map(({ name }) => name).sort();
  }

  asRepository(): Repository {
    const fakes: Fakes = {
      attributes: this.#attributes(),
      manifests: this.#manifests(),
      tags: {
        list: () => notUsed(),
        delete: (tag) => Promise.resolve(this.#deleteTag(tag)),
      },
      referrers: {
        list: (subject) => this.#referrers(subject),
        add: () => notUsed(),
        remove: () => notUsed(),
      },
    };
    return { ...fakes, name: "team/app" as RepositoryName, blobs: undefined as never };
  }

  #attributes(): Repository["attributes"] {
    return {
      repository: () => {
        this.onCall("repository");
        const { size } = this.manifests;
        const attributes = { ...OPEN, writeEnabled: !this.repositoryLocked };
        const times = { createdTime: timeOfDay(0), lastUpdateTime: timeOfDay(0) };
        return Promise.resolve({
          ...{ name: "team/app", manifestCount: size + this.miscounted, tagCount: 0, attributes },
          ...times,
        });
      },
      tag: (tag) => {
        this.onCall(`tag ${tag}`);
        return Promise.resolve(this.#tags().find(({ name }) => name === tag));
      },
      manifest: (digest) => {
        this.onCall(`properties ${digest}`);
        const found = this.manifests.get(digest as Digest);
        return Promise.resolve(found === undefined ? undefined : propertiesOf(found));
      },
      updateRepository: () => notUsed(),
      updateTag: (tag) => {
        this.onCall(`PATCH tag ${tag}`);
        this.lockedTags.delete(tag);
        return Promise.resolve(OPEN);
      },
      updateManifest: (digest) => {
        this.onCall(`PATCH ${digest}`);
        const found = this.manifests.get(digest as Digest);
        if (found !== undefined) found.locked = false;
        return Promise.resolve(OPEN);
      },
      listTags: ({ digest } = {}) => {
        this.onCall(digest === undefined ? "all tags" : `tags of ${digest}`);
        return listed(this.#tags().filter((tag) => digest === undefined || tag.digest === digest));
      },
      listManifests: ({ orderBy, pageSize } = {}) => {
        this.onCall(`manifests ${orderBy} ${pageSize}`);
        const all = [...this.manifests.values()].filter(({ hidden }) => hidden !== true);
        all.sort((a, b) => b.day - a.day);
        if (orderBy === "timeasc") return listed(all.reverse().map(propertiesOf));
        return listed(all.slice(0, this.listsAtMost).map(propertiesOf));
      },
    };
  }

  #manifests(): Repository["manifests"] {
    return {
      resolve: () => notUsed(),
      push: () => notUsed(),
      fetch: (digest) => {
        this.onCall(`read ${digest}`);
        const found = this.manifests.get(digest as Digest);
        if (found === undefined) return Promise.resolve(undefined);
        const bytes = Buffer.from(found.broken === true ? "broken" : textOf(found));
        if (found.unreadable === true) return Promise.reject(mayNotRead());
        const mediaType = MEDIA_TYPES[found.kind];
        const descriptor = { mediaType, digest: digest as Digest, size: bytes.length };
        return Promise.resolve({ bytes, descriptor });
      },
      delete: (digest) => {
        this.beforeDelete(digest);
        this.onCall(`DELETE ${digest}`);
        return Promise.resolve(this.manifests.delete(digest as Digest));
      },
    };
  }

  #deleteTag(tag: string): boolean {
    this.beforeDelete(tag);
    this.onCall(`DELETE tag ${tag}`);
    const owner = [...this.manifests.values()].find(({ tags }) => tags.has(tag));
    return owner?.tags.delete(tag) ?? false;
  }

  #tags(): TagProperties[] {
    return [...this.manifests].flatMap(([digest, { tags, day }]) =>
      [...tags].map((name) => ({
        ...{ name, digest, createdTime: timeOfDay(day), lastUpdateTime: timeOfDay(day) },
        attributes: { ...OPEN, deleteEnabled: !this.lockedTags.has(name) },
      })),
    );
  }

  async *#referrers(subject: string): AsyncGenerator<never> {
    this.onCall(`referrers ${subject}`);
    for (const [digest, one] of this.manifests) {
      if (one.subject === undefined || digestOfName(one.subject) !== subject) continue;
      if (mayNotHaveSubject(one.kind)) continue;
      yield (await Promise.resolve({ digest, mediaType: MEDIA_TYPES[one.kind], size: 2 })) as never;
    }
  }
}

function mayNotRead(): RegistryError {
  return new RegistryError("LOCKED", "it may not be read", { method: "GET", url: "" });
}

/** Docker manifests have no subject, even with such a field. */
export function mayNotHaveSubject(kind: Kind): boolean {
  return kind === "docker" || kind === "list";
}

function propertiesOf(one: FakeManifest): ManifestProperties {
  const { name, kind, tags, day, size = 1, locked = false } = one;
  return {
    ...{ digest: digestOfName(name), size, mediaType: MEDIA_TYPES[kind], tags: [...tags].sort() },
    ...{ createdTime: timeOfDay(day), lastUpdateTime: timeOfDay(day), references: [] },
    ...(CONFIGS[kind] === undefined ? {} : { configMediaType: CONFIGS[kind] }),
    attributes: { ...OPEN, writeEnabled: !locked },
  };
}

function textOf({ kind, children, subject }: FakeManifest): string {
  const named = (name: string): object => ({
    ...{ mediaType: OCI_MANIFEST, digest: digestOfName(name), size: 2 },
  });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES[kind],
    ...(kind === "index" || kind === "list" ? { manifests: children.map(named) } : { layers: [] }),
    ...(subject === undefined || mayNotHaveSubject(kind) ? {} : { subject: named(subject) }),
  });
}

async function* listed<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

function notUsed(): never {
  throw new Error("retention does not ask for this");
}
