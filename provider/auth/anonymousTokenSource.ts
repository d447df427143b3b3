import { RegistryError } from "../errors.js";
import { accessTokenUse, lifetimeOf } from "./expiry.js";
import { formatScopes, type Scope } from "./scope.js";
import { isJsonObject, readToken } from "./tokenAnswer.js";
import type { Token } from "./tokenCache.js";
import { NotAzureRegistry, type TokenSource, type TokenSourceContext } from "./tokenSource.js";

const TOKEN = "/oauth2/token";

/**
 * Tokens for ACR's anonymous pull: the password grant without a user, as Microsoft's Python client
 * requests it (Microsoft Learn, "Make your container registry content publicly available").
 */
export class AnonymousTokenSource implements TokenSource {
  readonly #context: TokenSourceContext;

  constructor(context: TokenSourceContext) {
    this.#context = context;
  }

  async accessToken(scopes: readonly Scope[]): Promise<Token> {
    const { endpoint, now, send } = this.#context;
    const operation = `get an anonymous access token from ${endpoint.loginServer}`;
    const form = new URLSearchParams({ grant_type: "password", service: endpoint.loginServer });
    const scope = formatScopes(scopes).join(" ");
    if (scope !== "") form.set("scope", scope);
    const expect = [200, 401, 404, 405];
    const answer = await send({ method: "POST", path: TOKEN, operation, form, expect });
    if (answer.status === 401) {
      throw new RegistryError(
        "UNAUTHORIZED",
        `${operation}: the registry refused (401): anonymous pull is not enabled. Give a credential, or enable it ` +
          `("az acr update --anonymous-pull-enabled", Standard and Premium)`,
        { method: "POST", url: endpoint.origin + TOKEN, status: 401 },
      );
    }
    if (answer.status !== 200 || !isJsonObject(answer.text)) {
      throw new NotAzureRegistry(`${operation}: there is no ${TOKEN}`);
    }
    const said = readToken(answer, ["access_token"], { operation, now: now() });
    return { value: said.token, useUntil: now() + accessTokenUse(lifetimeOf(said.token, said)) };
  }

  forget(): void {
    // Nothing is kept between tokens.
  }
}
