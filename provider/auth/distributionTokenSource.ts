import { RegistryError } from "../errors.js";
import { accessTokenUse, lifetimeOf } from "./expiry.js";
import { formatScopes, type Scope } from "./scope.js";
import { isJsonObject, readToken } from "./tokenAnswer.js";
import type { Token } from "./tokenCache.js";
import { NotAzureRegistry, type TokenSource, type TokenSourceContext } from "./tokenSource.js";

export interface DistributionTokenOptions {
  /** Path of the token endpoint on the registry's own origin, with a query if it has one. */
  readonly path: string;
  readonly service: string | undefined;
  /** Value of the `Authorization` header. Without it, the token is anonymous. */
  readonly basic: string | undefined;
  /** Whether it is unknown if the registry has this endpoint. */
  readonly assumed?: boolean;
  /** Whether Docker saved the login, which is then renewed by logging in again. */
  readonly savedByDocker?: boolean;
}

/**
 * Docker's token protocol: `GET <endpoint>?service=…&scope=…` with Basic authentication (distribution,
 * "Token Authentication Specification"). ACR supports it for the admin user, service principals and
 * repository-scoped tokens (Azure/acr, docs/Token-BasicAuth.md).
 */
export class DistributionTokenSource implements TokenSource {
  readonly #context: TokenSourceContext;
  readonly #options: DistributionTokenOptions;

  constructor(context: TokenSourceContext, options: DistributionTokenOptions) {
    this.#context = context;
    this.#options = options;
  }

  async accessToken(scopes: readonly Scope[]): Promise<Token> {
    const { endpoint, now, send } = this.#context;
    const { basic, assumed = false } = this.#options;
    const operation = `get an access token from ${endpoint.loginServer}`;
    const answer = await send({
      method: "GET",
      path: this.#path(scopes),
      operation,
      ...(basic === undefined ? {} : { authorization: basic }),
      expect: assumed ? [200, 401, 404, 405] : [200, 401],
    });
    if (answer.status === 401) throw this.#refused(operation);
    if (assumed && (answer.status !== 200 || !isJsonObject(answer.text))) {
      throw new NotAzureRegistry(`${operation}: there is no ${this.#options.path}`);
    }
    const said = readToken(answer, ["access_token", "token"], { operation, now: now() });
    return { value: said.token, useUntil: now() + accessTokenUse(lifetimeOf(said.token, said)) };
  }

  forget(): void {
    // The credential itself is sent for every token, so nothing is kept.
  }

  #path(scopes: readonly Scope[]): string {
    const [path = "/", query = ""] = this.#options.path.split("?", 2);
    const parameters = new URLSearchParams(query);
    if (this.#options.service !== undefined) parameters.set("service", this.#options.service);
    for (const scope of formatScopes(scopes)) parameters.append("scope", scope);
    return `${path}?${parameters}`;
  }

  #refused(operation: string): RegistryError {
    const { endpoint } = this.#context;
    const reason = refusalReason(this.#options);
    return new RegistryError(
      "UNAUTHORIZED",
      `${operation}: the registry refused (401): ${reason}`,
      {
        method: "GET",
        url: `${endpoint.origin}${this.#options.path.split("?")[0]}`,
        status: 401,
      },
    );
  }
}

function refusalReason({ basic, savedByDocker = false }: DistributionTokenOptions): string {
  if (basic === undefined) {
    return "it gives no tokens to callers without an identity: give a credential";
  }
  return savedByDocker
    ? `the login in Docker's configuration is wrong, expired or disabled ("az acr login" gives one for three hours): log in again`
    : "the user name or password is wrong, expired or disabled (for the admin user: it must be enabled on the registry)";
}
