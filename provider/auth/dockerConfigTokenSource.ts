import { SingleFlight } from "../concurrency/singleFlight.js";
import { basicHeader } from "./basicHeader.js";
import { type DockerLogin, findDockerLogin } from "./dockerConfig.js";
import { DistributionTokenSource } from "./distributionTokenSource.js";
import { IdentityTokenSource } from "./identityTokenSource.js";
import type { Scope } from "./scope.js";
import type { Token } from "./tokenCache.js";
import type { TokenSource, TokenSourceContext } from "./tokenSource.js";

/** The login that Docker keeps for one registry; read once, and again after a refusal. */
export class DockerLogins {
  readonly #loginServer: string;
  readonly #file: string | undefined;
  readonly #flights = new SingleFlight<DockerLogin>();
  #login: DockerLogin | undefined;

  constructor(loginServer: string, file: string | undefined) {
    this.#loginServer = loginServer;
    this.#file = file;
  }

  async find(): Promise<DockerLogin> {
    return (this.#login ??= await this.#flights.run("", () =>
      findDockerLogin(this.#loginServer, this.#file),
    ));
  }

  forget(): void {
    this.#login = undefined;
  }
}

/** Tokens of a registry that is assumed to be an ACR, bought with the login that Docker keeps. */
export class DockerConfigTokenSource implements TokenSource {
  readonly #context: TokenSourceContext;
  readonly #logins: DockerLogins;

  constructor(context: TokenSourceContext, logins: DockerLogins) {
    this.#context = context;
    this.#logins = logins;
  }

  async accessToken(scopes: readonly Scope[]): Promise<Token> {
    const login = await this.#logins.find();
    return dockerTokenSource(this.#context, login, {
      path: "/oauth2/token",
      service: this.#context.endpoint.loginServer,
      assumed: true,
    }).accessToken(scopes);
  }

  forget(): void {
    this.#logins.forget();
  }
}

/** How a login buys tokens at an endpoint of the registry's own. */
export function dockerTokenSource(
  context: TokenSourceContext,
  login: DockerLogin,
  at: { readonly path: string; readonly service: string | undefined; readonly assumed?: boolean },
): TokenSource {
  return "identityToken" in login
    ? new IdentityTokenSource(context, { ...at, identityToken: login.identityToken })
    : new DistributionTokenSource(context, { ...at, basic: basicHeader(login) });
}
