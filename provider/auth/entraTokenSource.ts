import type { TokenCredential } from "@azure/core-auth";
import { SingleFlight } from "../concurrency/singleFlight.js";
import { RegistryError, isAcrError } from "../errors.js";
import type { AuthAnswer } from "./authSend.js";
import type { AzureCredential } from "./azureCredential.js";
import { accessTokenUse, expiryOf, lifetimeOf, refreshTokenUse } from "./expiry.js";
import { identityFailure } from "./identityFailure.js";
import { formatScopes, type Scope } from "./scope.js";
import { isJsonObject, readToken } from "./tokenAnswer.js";
import type { Token } from "./tokenCache.js";
import { NotAzureRegistry, type TokenSource, type TokenSourceContext } from "./tokenSource.js";

const EXCHANGE = "/oauth2/exchange";
const TOKEN = "/oauth2/token";

/** The Entra credential and the audience of its tokens. */
export interface EntraIdentity {
  readonly kind: AzureCredential["kind"];
  readonly find: () => Promise<TokenCredential>;
  readonly audience: string;
}

/**
 * Tokens for a Microsoft Entra identity, in two steps: the Entra token is exchanged for a refresh token
 * of the registry, and that for access tokens (Azure/acr, docs/AAD-OAuth.md).
 */
export class EntraTokenSource implements TokenSource {
  readonly #context: TokenSourceContext;
  readonly #identity: EntraIdentity;
  readonly #audience: string;
  readonly #flights = new SingleFlight<Token>();
  #refreshToken: Token | undefined;

  constructor(context: TokenSourceContext, identity: EntraIdentity) {
    this.#context = context;
    this.#identity = identity;
    const { audience } = identity;
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
      // A refresh token kept from before may have been revoked, so this is tried once more with a new
      // one.
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
    const entraToken = await this.#entraToken();
    const form = new URLSearchParams({
      grant_type: "access_token",
      service: endpoint.loginServer,
      access_token: entraToken,
    });
    const expect = [200, 401, 404, 405];
    const answer = await send({ method: "POST", path: EXCHANGE, operation, form, expect });
    if (answer.status === 401) {
      const message = expiredOn(answer, entraToken, now()) ?? this.#exchangeRefused();
      throw refused(
        endpoint.origin + EXCHANGE,
        `${operation}: the registry refused it (401). ${message}`,
      );
    }
    if (answer.status !== 200 || !isJsonObject(answer.text)) {
      throw new NotAzureRegistry(`${operation}: there is no token exchange (${answer.status})`);
    }
    const said = readToken(answer, ["refresh_token"], { operation, now: now() });
    const useUntil = now() + refreshTokenUse(lifetimeOf(said.token, said));
    this.#refreshToken = { value: said.token, useUntil };
    return this.#refreshToken;
  }

  #exchangeRefused(): string {
    return (
      `The identity must have a data role on this registry (AcrPull, AcrPush, ` +
      `or, in ABAC mode, Container Registry Repository Reader or Writer), be of the registry's tenant, and the audience ` +
      `(${this.#audience}) must fit its cloud: \`audience\` and \`authorityHost\` set others`
    );
  }

  async #entraToken(): Promise<string> {
    const { kind, find } = this.#identity;
    try {
      const token = await (await find()).getToken(this.#audience);
      if (token !== null) return token.token;
    } catch (cause) {
      throw isAcrError(cause) ? cause : identityFailure(kind, cause);
    }
    throw identityFailure(kind);
  }
}

/** Compared with the registry's clock, because it is the registry that refused the token. */
function expiredOn(answer: AuthAnswer, token: string, now: number): string | undefined {
  const expiry = expiryOf(token);
  const date = Date.parse(answer.header("date") ?? "");
  const late = (Number.isNaN(date) ? now : date) - (expiry ?? Number.POSITIVE_INFINITY);
  if (!(late > 0)) return undefined;
  return (
    `The Entra token had expired ${Math.ceil(late / 60_000)} minutes before: sign in again ("az login"), or let the ` +
    `credential give a fresh one`
  );
}

function refused(url: string, message: string): RegistryError {
  return new RegistryError("UNAUTHORIZED", message, { method: "POST", url, status: 401 });
}
