import type { Digest } from "../../oci/digest.js";
import type { OperationOptions, Repository } from "../../registry/repository.js";
import { splitTags } from "./digestTag.js";
import { isLater } from "./isLater.js";
import { readLinks } from "./links.js";

/** A small page, because new manifests are usually few; if not, the listing continues. */
const PAGE_SIZE = 10;

/**
 * Manifests pushed since the plan was made that may need what the plan deletes: a new index with old
 * children, a new signature with an old subject. Each check sends one request, and one more for each new
 * manifest.
 */
export class Newcomers {
  readonly #repository: Pick<Repository, "attributes" | "manifests">;
  readonly #options: OperationOptions;
  readonly #asOf: string;
  readonly #seen = new Set<Digest>();
  /** The newcomer that refers to each manifest. */
  readonly #namedBy = new Map<Digest, Digest>();
  #unreadable: Digest | undefined;

  constructor(
    repository: Pick<Repository, "attributes" | "manifests">,
    asOf: string,
    options: OperationOptions,
  ) {
    this.#repository = repository;
    this.#asOf = asOf;
    this.#options = options;
  }

  async look(): Promise<void> {
    const listing = { orderBy: "timedesc", pageSize: PAGE_SIZE, ...this.#options } as const;
    for await (const manifest of this.#repository.attributes.listManifests(listing)) {
      const { digest, tags, lastUpdateTime } = manifest;
      if (!isLater(lastUpdateTime, this.#asOf)) return;
      for (const subject of splitTags(tags).subjects) this.#namedBy.set(subject, digest);
      if (!this.#seen.has(digest)) await this.#note(digest);
    }
  }

  /** Why a manifest is needed again; `undefined` if no newcomer refers to it. */
  reasonToKeep(digest: string): string | undefined {
    if (this.#unreadable !== undefined) {
      return `${this.#unreadable} was pushed meanwhile, cannot be read, and may name it`;
    }
    const newcomer = this.#namedBy.get(digest as Digest);
    return newcomer === undefined ? undefined : `${newcomer}, pushed meanwhile, names it`;
  }

  async #note(digest: Digest): Promise<void> {
    const links = await readLinks(this.#repository.manifests, digest, this.#options);
    if (links === "unreadable") this.#unreadable = digest;
    else {
      for (const child of links.children) this.#namedBy.set(child, digest);
      if (links.subject !== undefined) this.#namedBy.set(links.subject, digest);
    }
    this.#seen.add(digest);
  }
}
