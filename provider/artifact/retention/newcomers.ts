import type { Digest } from "../../oci/digest.js";
import type { OperationOptions, Repository } from "../../registry/repository.js";
import { splitTags } from "./digestTag.js";
import { isLater } from "./isLater.js";
import { readLinks } from "./links.js";

/** New manifests are few; a listing goes on if they are not. */
const PAGE_SIZE = 10;

/**
 * What was pushed since the plan was made, and may need what the plan deletes: a new index names old
 * manifests, a new signature has an old subject. One request each time, beside one for each new manifest.
 */
export class Newcomers {
  readonly #repository: Pick<Repository, "attributes" | "manifests">;
  readonly #options: OperationOptions;
  readonly #asOf: string;
  readonly #seen = new Set<Digest>();
  /** By what they name: the newcomer. */
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

  /** Why a manifest is needed again; `undefined`: nothing new names it. */
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
