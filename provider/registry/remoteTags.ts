import { AcrApi } from "./acrApi.js";
import { Members, readJson } from "./jsonAnswer.js";
import { listPages, type Page } from "./pages.js";
import { orAbsent, orNothing } from "./refusal.js";
import type { OperationOptions, RepositoryListOptions, TagStore } from "./repository.js";
import { nameOf, scopeOf, type RepositoryContext } from "./repositoryContext.js";
import { acrTagPath, tagsPath } from "./urls.js";

/** The tags of one repository. */
export class RemoteTags implements TagStore {
  readonly #context: RepositoryContext;

  constructor(context: RepositoryContext) {
    this.#context = context;
  }

  list(options: RepositoryListOptions = {}): AsyncIterable<string> {
    const { transport, repository } = this.#context;
    return listPages({
      origin: transport.origin,
      path: tagsPath(repository, { n: options.pageSize, last: options.after }),
      fetch: (path) => orNothing(this.#page(path, options), options),
      key: (tag: string) => tag,
      after: options.after,
    });
  }

  async #page(path: string, options: OperationOptions): Promise<Page<string>> {
    const operation = `list the tags of ${this.#context.repository}`;
    const response = await this.#context.transport.send({
      method: "GET",
      path,
      // ACR requires metadata_read for this, distribution pull.
      scopes: [scopeOf(this.#context, "metadata_read")],
      operation,
      expect: [200],
      repeatable: true,
      signal: options.signal,
    });
    const document = await readJson(response, operation);
    const items = new Members(document, operation).texts("tags");
    return { items, link: response.header("link") };
  }

  /**
   * Deletes through `/acr/v1`. With `/v2`, ACR refuses DELETE by tag (405), and other registries delete
   * the manifest.
   */
  async delete(tag: string, options: OperationOptions = {}): Promise<boolean> {
    const { transport, repository } = this.#context;
    const deleted = new AcrApi(transport).done({
      method: "DELETE",
      path: acrTagPath(repository, tag),
      scopes: [scopeOf(this.#context, "delete")],
      operation: `delete the tag ${nameOf(this.#context, tag)}`,
      expect: [200, 202],
      repeatable: true,
      signal: options.signal,
    });
    const absent = orAbsent(deleted, false, "TAG_UNKNOWN", "NAME_UNKNOWN", "MANIFEST_UNKNOWN");
    return (await absent) !== false;
  }
}
