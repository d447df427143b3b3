import { isDeepStrictEqual } from "node:util";
import { SingleFlight } from "../concurrency/singleFlight.js";
import { hasCode } from "../errors.js";
import { basicHeader } from "./basicHeader.js";
import { type DockerLogin, findDockerLogin } from "./dockerConfig.js";
import { DistributionTokenSource } from "./distributionTokenSource.js";
import { IdentityTokenSource } from "./identityTokenSource.js";
import type { Scope } from "./scope.js";
import type { Token } from "./tokenCache.js";
import type { TokenSource, TokenSourceContext } from "./tokenSource.js";

/** The login that Docker saved for one registry; read once, and again after a refusal. */
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

  /** Called after a refusal: the login as saved now, or `undefined` if it is still the refused one. */
  async other(refused: DockerLogin): Promise<DockerLogin | undefined> {
    // If it differs already, another caller has read it again after the same refusal.
    if (this.#login === refused) this.forget();
    const found = await this.find();
    return isDeepStrictEqual(found, refused) ? undefined : found;
  }
}

/** The token endpoint of a registry. */
export interface TokenEndpoint {
  readonly path: string;
  readonly service: string | undefined;
  readonly assumed?: boolean;
}

/**
 * Gets tokens with the login that Docker saved. After a refusal it is read again, in case `docker login`
 * renewed it.
 */
export class DockerConfigTokenSource implements TokenSource {
  readonly #context: TokenSourceContext;
  readonly #logins: DockerLogins;
  readonly #at: TokenEndpoint;

  constructor(context: TokenSourceContext, logins: DockerLogins, at: TokenEndpoint) {
    this.#context = context;
    this.#logins = logins;
    this.#at = at;
  }

  async accessToken(scopes: readonly Scope[]): Promise<Token> {
    const login = await this.#logins.find();
    try {
      return await this.#source(login).accessToken(scopes);
    } catch (error) {
      const other = hasCode(error, "UNAUTHORIZED") ? await this.#logins.other(login) : undefined;
      if (other === undefined) throw error;
      return await this.#source(other).accessToken(scopes);
    }
  }

  forget(): void {
    this.#logins.forget();
  }

  #source(login: DockerLogin): TokenSource {
    const [context, at] = [this.#context, this.#at];
    if ("identityToken" in login) {
      return new IdentityTokenSource(context, { ...at, identityToken: login.identityToken });
    }
    const basic = basicHeader(login);
    return new DistributionTokenSource(context, { ...at, basic, savedByDocker: true });
  }
}
