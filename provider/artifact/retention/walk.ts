import { ProtocolError } from "../../errors.js";
import type { Digest } from "../../oci/digest.js";
import type { ManifestProperties } from "../../registry/attributes.js";
import type { OperationOptions, Repository } from "../../registry/repository.js";
import { type MaybeLinks, readAllLinks } from "./links.js";
import { mayHaveChildren } from "./mediaKinds.js";
import type { Survey } from "./survey.js";

/** The largest page that the service sends (Azure/acr#749). */
export const PAGE_SIZE = 1_000;
/** Manifests placed together, so that the indexes among them are read concurrently. */
const CHUNK = 100;
/** How far to read ahead while the newest are counted. */
const AHEAD = 16;

type Known = Map<Digest, MaybeLinks>;

/**
 * Lists a repository once, newest first, and reads the manifests that the result depends on: none while
 * all of them stay anyway, and every index from then on.
 */
export class Walk {
  readonly #repository: Pick<Repository, "attributes" | "manifests">;
  readonly #survey: Survey;
  readonly #options: OperationOptions;
  readonly #byTime: boolean;
  #last: ManifestProperties | undefined;

  constructor(
    repository: Pick<Repository, "attributes" | "manifests">,
    survey: Survey,
    settings: { readonly byTime: boolean; readonly options: OperationOptions },
  ) {
    this.#repository = repository;
    this.#survey = survey;
    this.#options = settings.options;
    this.#byTime = settings.byTime;
  }

  async walk(): Promise<void> {
    const listing = { orderBy: "timedesc", pageSize: PAGE_SIZE, ...this.#options } as const;
    let chunk: ManifestProperties[] = [];
    for await (const manifest of this.#repository.attributes.listManifests(listing)) {
      this.#checkOrder(manifest);
      chunk.push(manifest);
      if (chunk.length < CHUNK) continue;
      await this.#placeAll(chunk);
      chunk = [];
    }
    await this.#placeAll(chunk);
  }

  /** Reads the kept indexes that were not needed before. */
  async readRest(): Promise<void> {
    const { unreadIndexes } = this.#survey;
    while (unreadIndexes.size > 0) {
      const some = [...unreadIndexes].slice(0, CHUNK);
      for (const [digest, links] of await this.#read(some)) {
        this.#survey.need(digest, links);
        unreadIndexes.delete(digest);
      }
    }
  }

  async #placeAll(chunk: readonly ManifestProperties[]): Promise<void> {
    const known: Known = new Map();
    let looked = false;
    for (const [at, manifest] of chunk.entries()) {
      if (!this.#survey.isCertain(manifest)) {
        const rest = chunk.slice(at);
        if (!looked) await this.#readIndexes(rest, known);
        looked = true;
        if (this.#isMissing(manifest, known)) await this.#readNext(rest.slice(0, AHEAD), known);
      }
      this.#survey.place(manifest, (digest) => known.get(digest));
    }
  }

  async #readIndexes(manifests: readonly ManifestProperties[], known: Known): Promise<void> {
    await this.readRest();
    await this.#readInto(known, manifests.filter(mayHaveChildren));
  }

  async #readNext(manifests: readonly ManifestProperties[], known: Known): Promise<void> {
    await this.#readInto(
      known,
      manifests.filter((manifest) => this.#isMissing(manifest, known)),
    );
  }

  #isMissing(manifest: ManifestProperties, known: Known): boolean {
    return !known.has(manifest.digest) && this.#survey.needsReading(manifest);
  }

  async #readInto(known: Known, manifests: readonly ManifestProperties[]): Promise<void> {
    for (const [digest, links] of await this.#read(manifests.map(({ digest }) => digest))) {
      known.set(digest, links);
      this.#survey.noteChildren(links);
    }
  }

  #read(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, MaybeLinks>> {
    return readAllLinks(this.#repository.manifests, digests, this.#options);
  }

  /** Checks the order of the listing, on which "newest" depends. */
  #checkOrder(manifest: ManifestProperties): void {
    const before = this.#last;
    this.#last = manifest;
    if (!this.#byTime || before === undefined) return;
    if (Date.parse(manifest.lastUpdateTime) <= Date.parse(before.lastUpdateTime)) return;
    throw new ProtocolError(
      `list the manifests by time: the registry listed ${manifest.digest} (${manifest.lastUpdateTime}) after ` +
        `the older ${before.digest} (${before.lastUpdateTime}). Nothing was deleted; try again`,
    );
  }
}
