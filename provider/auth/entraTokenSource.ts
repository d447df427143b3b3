import type { TokenCredential } from "@azure/core-auth";
import { SingleFlight } from "../concurrency/singleFlight.js";
import { CredentialError, RegistryError, isAcrError } from "../errors.js";
import { accessTokenUse, lifetimeOf, refreshTokenUse } from "./expiry.js";
import { printable } from "./printable.js";
import { formatScopes, type Scope } from "./scope.js";
import { isJsonObject, readToken } from "./tokenAnswer.js";
import type { Token } from "./tokenCache.js";
import { NotAzureRegistry, type TokenSource, type TokenSourceContext } from "./tokenSource.js";

/** The audience of ACR's own; the only one left where ARM audiences are disabled (Microsoft Learn). */
export const DEFAULT_AUDIENCE = "https://containerregistry.azure.net/.default";

const EXCHANGE = "/oauth2/exchange";
const TOKEN = "/oauth2/token";

/**
 * Microsoft Entra identities, in two hops: the Entra token is exchanged for a refresh token of the
 * registry, which buys access tokens (Azure/acr, docs/AAD-OAuth.md).
 */
export class EntraTokenSource implements TokenSource {
  readonly #context: TokenSourceContext;
  readonly #credential: () => Promise<TokenCredential>;
  readonly #audience: string;
  readonly #flights = new SingleFlight<Token>();
  #refreshToken: Token | undefined;

  constructor(
    context: TokenSourceContext,
    credential: () => Promise<TokenCredential>,
    audience = DEFAULT_AUDIENCE,
  ) {
    this.#context = context;
    this.#credential = credential;
    this.#audience = audience.endsWith("/.default")
      ? audience
      : `${audience.replace(/\/$/, "")}/.default`;
  }

  async accessToken(scopes: readonly Scope[]): Promise<Token> {
    const { endpoint, now } = this.#context;
    const known = this.#usableRefreshToken();
    const refreshToken = known ?? (await this.#flights.run(EXCHANGE, () => this.#exchange()));
    const operation = `get an access token from ${endpoint.loginServer}`;
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      service: endpoint.loginServer,
      refresh_token: refreshToken.value,
    });
    const scope = formatScopes(scopes).join(" ");
    if (scope !== "") form.set("scope", scope);
    const request = { method: "POST", path: TOKEN, operation, form, expect: [200, 401] } as const;
    const answer = await this.#context.send(request);
    if (answer.status === 401) {
      this.forget();
      // A refresh token that we kept may have been revoked; a new one is worth one more try.
      if (known !== undefined) return await this.accessToken(scopes);
      throw refused(
        endpoint.origin + TOKEN,
        `${operation}: the registry refused its own refresh token (401)`,
      );
    }
    const said = readToken(answer, ["access_token"], { operation, now: now() });
    return { value: said.token, useUntil: now() + accessTokenUse(lifetimeOf(said.token, said)) };
  }

  forget(): void {
    this.#refreshToken = undefined;
  }

  #usableRefreshToken(): Token | undefined {
    const token = this.#refreshToken;
    return token !== undefined && token.useUntil > this.#context.now() ? token : undefined;
  }

  async #exchange(): Promise<Token> {
    const { endpoint, now, send } = this.#context;
    const operation = `exchange the Microsoft Entra token at ${endpoint.loginServer}`;
    const form = new URLSearchParams({
      grant_type: "access_token",
      service: endpoint.loginServer,
      access_token: await this.#entraToken(),
    });
    const expect = [200, 401, 404, 405];
    const answer = await send({ method: "POST", path: EXCHANGE, operation, form, expect });
    if (answer.status === 401)
      throw refused(endpoint.origin + EXCHANGE, this.#exchangeRefused(operation));
    if (answer.status !== 200 || !isJsonObject(answer.text)) {
      throw new NotAzureRegistry(`${operation}: there is no token exchange (${answer.status})`);
    }
    const said = readToken(answer, ["refresh_token"], { operation, now: now() });
    const useUntil = now() + refreshTokenUse(lifetimeOf(said.token, said));
    this.#refreshToken = { value: said.token, useUntil };
    return this.#refreshToken;
  }

  #exchangeRefused(operation: string): string {
    return (
      `${operation}: the registry refused it (401). The identity must have a data role on this registry (AcrPull, AcrPush, ` +
      `or, in ABAC mode, Container Registry Repository Reader or Writer), be of the registry's tenant, and the audience ` +
      `(${this.#audience}) must fit its cloud: \`audience\` and \`authorityHost\` set others`
    );
  }

  async #entraToken(): Promise<string> {
    const failed = "no Microsoft Entra token could be obtained";
    const next = `Sign in ("az login"), or give another credential`;
    try {
      const token = await (await this.#credential()).getToken(this.#audience);
      if (token !== null) return token.token;
    } catch (cause) {
      if (isAcrError(cause)) throw cause;
      const reason = cause instanceof Error ? printable(cause.message, 2000) : "unknown error";
      throw new CredentialError(`${failed}: ${reason}. ${next}`, { cause });
    }
    throw new CredentialError(`${failed}: the credential has none. ${next}`);
  }
}

function refused(url: string, message: string): RegistryError {
  return new RegistryError("UNAUTHORIZED", message, { method: "POST", url, status: 401 });
}
