import { CATALOG_SCOPE, repositoryScope } from "../auth/scope.js";
import { hasCode } from "../errors.js";
import type { RegistryRequest, Transport } from "../http/transport.js";
import { parseRepositoryName } from "../oci/reference.js";
import { readDeleted } from "./acrAnswers.js";
import { AcrApi, type AcrAnswer } from "./acrApi.js";
import { Members, readJson } from "./jsonAnswer.js";
import { listPages, type Page } from "./pages.js";
import { orAbsent } from "./refusal.js";
import { type ClientSettings, remoteRepository } from "./remoteRepository.js";
import type {
  DeletedRepository,
  ListOptions,
  OperationOptions,
  Registry,
  Repository,
  RepositoryOptions,
} from "./repository.js";
import { acrCatalogPath, acrRepositoryPath, catalogPath } from "./urls.js";

/** A registry that is reached through a transport. */
export class RemoteRegistry implements Registry {
  readonly #transport: Transport;
  readonly #settings: ClientSettings;
  readonly #acr: AcrApi;

  constructor(transport: Transport, settings: ClientSettings) {
    this.#transport = transport;
    this.#settings = settings;
    this.#acr = new AcrApi(transport);
  }

  get loginServer(): string {
    return this.#transport.loginServer;
  }

  repository(name: string, options: RepositoryOptions = {}): Repository {
    const parsed = parseRepositoryName(name);
    return remoteRepository(this.#transport, parsed, this.#settings, options.actions);
  }

  async *repositories(options: ListOptions = {}): AsyncGenerator<string, void, undefined> {
    const query = { n: options.pageSize, last: options.after };
    let path = acrCatalogPath(query);
    let ask = (request: RegistryRequest): Promise<AcrAnswer> => this.#acr.json(request);
    let first: Page<string> | undefined;
    try {
      first = await this.#page(path, ask, options);
    } catch (error) {
      if (!hasCode(error, "UNSUPPORTED")) throw error;
      path = catalogPath(query);
      ask = (request) => this.#plain(request);
    }
    yield* listPages({
      origin: this.#transport.origin,
      path,
      fetch: (next) => {
        const page = first;
        first = undefined;
        return page === undefined ? this.#page(next, ask, options) : Promise.resolve(page);
      },
      key: (name: string) => name,
      after: options.after,
    });
  }

  async deleteRepository(
    name: string,
    options: OperationOptions = {},
  ): Promise<DeletedRepository | undefined> {
    const repository = parseRepositoryName(name);
    const operation = `delete the repository ${repository}`;
    const deleted = this.#acr.json({
      method: "DELETE",
      path: acrRepositoryPath(repository),
      scopes: [repositoryScope(repository, "delete")],
      operation,
      expect: [200, 202],
      repeatable: true,
      signal: options.signal,
    });
    const answer = await orAbsent(deleted, undefined, "NAME_UNKNOWN");
    return answer && readDeleted(answer.document, operation);
  }

  async #page(
    path: string,
    ask: (request: RegistryRequest) => Promise<AcrAnswer>,
    options: OperationOptions,
  ): Promise<Page<string>> {
    const operation = `list the repositories of ${this.loginServer}`;
    const { document, link } = await ask({
      method: "GET",
      path,
      scopes: [CATALOG_SCOPE],
      operation,
      expect: [200],
      repeatable: true,
      signal: options.signal,
    });
    return { items: new Members(document, operation).texts("repositories"), link };
  }

  async #plain(request: RegistryRequest): Promise<AcrAnswer> {
    const response = await this.#transport.send(request);
    const link = response.header("link");
    return { document: await readJson(response, request.operation), link };
  }
}
