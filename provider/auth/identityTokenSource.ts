import { RegistryError } from "../errors.js";
import { accessTokenUse, lifetimeOf } from "./expiry.js";
import { formatScopes, type Scope } from "./scope.js";
import { isJsonObject, readToken } from "./tokenAnswer.js";
import type { Token } from "./tokenCache.js";
import { NotAzureRegistry, type TokenSource, type TokenSourceContext } from "./tokenSource.js";

export interface IdentityTokenOptions {
  /** Path of the token endpoint on the registry's own origin. */
  readonly path: string;
  readonly service: string | undefined;
  readonly identityToken: string;
  /** Whether it is unknown if the registry has this endpoint. */
  readonly assumed?: boolean;
}

/**
 * Gets access tokens for an identity token, which is a refresh token of the registry: what `az acr login`
 * saves in Docker's configuration (distribution, "OAuth2 Token Authentication").
 */
export class IdentityTokenSource implements TokenSource {
  readonly #context: TokenSourceContext;
  readonly #options: IdentityTokenOptions;

  constructor(context: TokenSourceContext, options: IdentityTokenOptions) {
    this.#context = context;
    this.#options = options;
  }

  async accessToken(scopes: readonly Scope[]): Promise<Token> {
    const { endpoint, now, send } = this.#context;
    const { path, assumed = false } = this.#options;
    const operation = `get an access token from ${endpoint.loginServer}`;
    const expect = assumed ? [200, 401, 404, 405] : [200, 401];
    const answer = await send({
      method: "POST",
      path,
      operation,
      form: this.#form(scopes),
      expect,
    });
    if (answer.status === 401) throw this.#refused(operation);
    if (assumed && (answer.status !== 200 || !isJsonObject(answer.text))) {
      throw new NotAzureRegistry(`${operation}: there is no ${path}`);
    }
    const said = readToken(answer, ["access_token", "token"], { operation, now: now() });
    return { value: said.token, useUntil: now() + accessTokenUse(lifetimeOf(said.token, said)) };
  }

  forget(): void {
    // The identity token comes from the caller, so nothing is kept.
  }

  #form(scopes: readonly Scope[]): URLSearchParams {
    const { service, identityToken } = this.#options;
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: identityToken });
    form.set("client_id", "pulumi-acr");
    if (service !== undefined) form.set("service", service);
    const scope = formatScopes(scopes).join(" ");
    if (scope !== "") form.set("scope", scope);
    return form;
  }

  #refused(operation: string): RegistryError {
    const { endpoint } = this.#context;
    return new RegistryError(
      "UNAUTHORIZED",
      `${operation}: the registry refused (401): the identity token in Docker's configuration is wrong or has expired ` +
        `("az acr login" gives one for three hours): log in again`,
      { method: "POST", url: endpoint.origin + this.#options.path, status: 401 },
    );
  }
}
