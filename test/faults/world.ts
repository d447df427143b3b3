import type { Emulator } from "pulumi-acr/emulator";
import {
  type Attributes,
  EMPTY_BYTES,
  EMPTY_DESCRIPTOR,
  encodeManifest,
  memoryBlob,
  OCI_MANIFEST,
} from "pulumi-acr/client";
import { parseTag } from "../../provider/oci/reference.js";
import type { ClientManners } from "../../provider/arguments/sessions.js";
import { environmentFor } from "../support/engine.js";
import { MiniEngine } from "../support/miniEngine.js";
import { forgetUploads } from "../support/openUploads.js";
import { Somebody } from "../support/somebody.js";

export const CLOSED = { deleteEnabled: false, writeEnabled: false };
export const OPEN = { deleteEnabled: true, writeEnabled: true };

/** One tag or manifest as it is. */
export interface Thing {
  readonly digest: string;
  readonly attributes: Attributes;
}

export interface Holdings {
  readonly tags: ReadonlyMap<string, Thing>;
  readonly manifests: ReadonlyMap<string, Thing>;
  /** Attributes of the repository. */
  readonly repository: Attributes | undefined;
}

export function describeHoldings({ tags, manifests, repository }: Holdings): string {
  return JSON.stringify([repository, ...tags, ...manifests]);
}

export interface WorldOptions {
  readonly repository: string;
  readonly manners: ClientManners;
  /** The stack locks what `theirs` names, so that its attributes may change. */
  readonly managesTheirs?: boolean;
  /** Makes the initial content differ from that of other repositories. */
  readonly mark?: string;
}

/** One stack and one repository, in which somebody else has things that nobody may touch. */
export class World {
  /** Digest of the manifest that `theirs` names, and that more than one may use. */
  theirs = "";
  /** The repository before the stack came. */
  pristine = "";
  readonly engine: MiniEngine;
  readonly somebody: Somebody;
  /** Digests by a name that the scenario gives them. */
  readonly noted = new Map<string, string>();
  readonly #foreignDigests = new Set<string>();
  readonly #removedDigests = new Set<string>();

  private constructor(
    readonly emulator: Emulator,
    readonly repository: string,
    manners: ClientManners,
    private readonly managesTheirs: boolean,
    private readonly mark: string,
  ) {
    this.engine = new MiniEngine({ environment: environmentFor(emulator), manners });
    const { clock, idleTimeoutMs } = manners;
    this.somebody = new Somebody(emulator, repository, { clock, idleTimeoutMs });
  }

  static async create(
    emulator: Emulator,
    { repository, manners, managesTheirs = false, mark = "" }: WorldOptions,
  ): Promise<World> {
    const world = new World(emulator, repository, manners, managesTheirs, mark);
    await world.somebody.repository.blobs.push(memoryBlob(EMPTY_BYTES, EMPTY_DESCRIPTOR));
    world.theirs = await world.#plant("theirs");
    const locked = await world.#plant("theirs-locked");
    await world.#plant(undefined);
    await world.somebody.setTagAttributes("theirs-locked", CLOSED);
    await world.somebody.setManifestAttributes(locked, CLOSED);
    world.pristine = describeHoldings(await world.holdings());
    return world;
  }

  async #plant(name: string | undefined): Promise<string> {
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: "application/vnd.example",
      config: EMPTY_DESCRIPTOR,
      layers: [EMPTY_DESCRIPTOR],
      annotations: { name: `${name ?? "untagged"}${this.mark}` },
    });
    const tag = name === undefined ? {} : { tag: parseTag(name) };
    await this.somebody.repository.manifests.push(manifest, tag);
    this.#foreignDigests.add(manifest.descriptor.digest);
    return manifest.descriptor.digest;
  }

  /** Forgets uploads of failed and killed runs that nobody can end; the others were counted. */
  close(): void {
    forgetUploads();
    this.somebody.close();
  }

  /** Everything in the repository. */
  async holdings(): Promise<Holdings> {
    const { attributes: store } = this.somebody.repository;
    const tags = new Map<string, Thing>();
    const manifests = new Map<string, Thing>();
    for await (const { name, digest, attributes } of store.listTags()) {
      tags.set(name, { digest, attributes });
    }
    for await (const { digest, attributes } of store.listManifests()) {
      manifests.set(digest, { digest, attributes });
    }
    const repository = (await store.repository())?.attributes;
    return { tags, manifests, repository };
  }

  /** Somebody else has deleted this, so that it may be missing where it is named. */
  noteRemoved(digest: string): void {
    this.#removedDigests.add(digest);
  }

  wasRemoved(digest: string): boolean {
    return this.#removedDigests.has(digest);
  }

  /** Somebody else has published this, too. */
  addForeign(digest: string): void {
    this.#foreignDigests.add(digest);
  }

  isForeign(digest: string): boolean {
    return this.#foreignDigests.has(digest);
  }

  /** Somebody else's things as comparable text, without attributes that the stack manages. */
  foreignIn({ tags, manifests }: Holdings): string {
    const named = [...tags].filter(([tag]) => tag.startsWith("theirs"));
    const things = [...manifests].filter(([digest]) => this.isForeign(digest));
    return JSON.stringify(
      [...named, ...things].map(([name, { digest, attributes }]) => [
        name,
        digest,
        this.managesTheirs && digest === this.theirs ? "managed" : attributes,
      ]),
    );
  }
}
