import type { HttpClient } from "@azure/core-rest-pipeline";
import { SingleFlight, untilAborted } from "../concurrency/singleFlight.js";
import { ProtocolError } from "../errors.js";
import { AnonymousTokenSource } from "./anonymousTokenSource.js";
import { type AzureCredential, azureCredential } from "./azureCredential.js";
import { basicHeader } from "./basicHeader.js";
import { cloudOf } from "./clouds.js";
import type { Credential } from "./credential.js";
import { DistributionTokenSource } from "./distributionTokenSource.js";
import { DockerConfigTokenSource, DockerLogins } from "./dockerConfigTokenSource.js";
import { EntraTokenSource } from "./entraTokenSource.js";
import {
  modeFromChallenge,
  type AuthorizationMode,
  type FoundLogin,
  type Login,
} from "./authorizationMode.js";
import type { Scope } from "./scope.js";
import { TokenCache } from "./tokenCache.js";
import { NotAzureRegistry, type TokenSource, type TokenSourceContext } from "./tokenSource.js";

export interface AuthorizerOptions extends TokenSourceContext {
  readonly credential: Credential;
  readonly audience?: string;
  readonly authorityHost?: string;
  /** Sends requests instead of the default client, also to Entra. */
  readonly httpClient?: HttpClient;
}

/**
 * Provides the `Authorization` header of requests to the registry.
 *
 * It first assumes an ACR and asks its token endpoint for exactly the scopes of the request: in one
 * request (user name and password, anonymous) or two (Entra), and without a 401 first. If there is no
 * such endpoint, the registry is another product. Then a single `GET /v2/` tells from its challenge
 * whether it needs no header, Basic authentication, or tokens from its own origin.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #cache: TokenCache;
  readonly #probes = new SingleFlight<AuthorizationMode>();
  /** Reads the configuration only if the credential is Docker's. */
  readonly #logins: DockerLogins;
  #mode: AuthorizationMode;
  /**
   * Whether the registry is only assumed to be an ACR: until it issues a token or turns out to be another
   * product.
   */
  #assumed = true;
  /** The login, once the registry turned out not to be an ACR. */
  #login: Login | undefined;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#cache = new TokenCache(options.now);
    const { credential, endpoint } = options;
    const file = credential.kind === "docker-config" ? credential.configFile : undefined;
    this.#logins = new DockerLogins(endpoint.loginServer, file);
    this.#mode = { kind: "bearer", source: azureSource(options, this.#logins) };
  }

  /** The value of the header; `undefined` if the registry needs none. */
  async header(scopes: readonly Scope[], signal?: AbortSignal): Promise<string | undefined> {
    const mode = this.#mode;
    if (mode.kind === "none") return undefined;
    if (mode.kind === "basic") return await mode.header();
    try {
      const token = await this.#cache.get(scopes, () => mode.source.accessToken(scopes), signal);
      this.#assumed = false;
      return `Bearer ${token}`;
    } catch (error) {
      if (!(error instanceof NotAzureRegistry)) throw error;
      // A concurrent request has found out already.
      if (this.#mode !== mode) return await this.header(scopes, signal);
      if (!this.#assumed) throw noTokenEndpoint(error);
    }
    this.#mode = await untilAborted(
      this.#probes.run("", () => this.#probe()),
      signal,
    );
    this.#assumed = false;
    return await this.header(scopes, signal);
  }

  /**
   * Called after a 401: drops the refused token or login, so that the next header is a new one. `false`
   * if it would be the same.
   */
  renew(refused: string | undefined, challenge: string | undefined): boolean {
    const mode = this.#mode;
    if (mode.kind === "basic") return mode.renew();
    if (mode.kind === "none") {
      // Some registries answer `GET /v2/` without a challenge, and send one only for other requests.
      this.#mode = modeFromChallenge(challenge, this.#found(), this.#options);
      return this.#mode.kind !== "none";
    }
    // If the token was dropped already, a concurrent request got the same 401 and renewed it.
    if (this.#cache.drop((refused ?? "").replace(/^Bearer /, ""))) mode.source.forget();
    return true;
  }

  /** Drops all tokens, because the permissions in them may have changed. */
  forget(): void {
    this.#cache.clear();
    if (this.#mode.kind === "bearer") this.#mode.source.forget();
  }

  /** The login for a registry that is not an ACR, where Azure identities are useless. */
  async #signsIn(): Promise<Login | undefined> {
    const { credential } = this.#options;
    if (credential.kind === "docker-config") return await this.#logins.find();
    return credential.kind === "token" || credential.kind === "anonymous" ? credential : undefined;
  }

  #found(): FoundLogin {
    const kept = this.#options.credential.kind === "docker-config";
    return { login: this.#login, logins: kept ? this.#logins : undefined };
  }

  async #probe(): Promise<AuthorizationMode> {
    const { endpoint, send } = this.#options;
    const operation = `ask ${endpoint.loginServer} how to sign in`;
    const answer = await send({ method: "GET", path: "/v2/", operation, expect: [200, 401, 404] });
    this.#login = await this.#signsIn();
    if (answer.status !== 401) return { kind: "none" };
    return modeFromChallenge(answer.header("www-authenticate"), this.#found(), this.#options);
  }
}

/** The registry has issued tokens before, so it is an ACR, and this answer comes from something else. */
function noTokenEndpoint({ message }: NotAzureRegistry): ProtocolError {
  return new ProtocolError(
    `${message}, although it gave tokens before. A proxy or a sign-in page may have answered in place of the ` +
      `registry: check the login server and the network, and try again`,
  );
}

function azureSource(options: AuthorizerOptions, logins: DockerLogins): TokenSource {
  const { credential, endpoint } = options;
  switch (credential.kind) {
    case "anonymous":
      return new AnonymousTokenSource(options);
    case "token":
      return new DistributionTokenSource(options, {
        path: "/oauth2/token",
        service: endpoint.loginServer,
        basic: basicHeader(credential),
        assumed: true,
      });
    case "docker-config":
      return new DockerConfigTokenSource(options, logins, {
        path: "/oauth2/token",
        service: endpoint.loginServer,
        assumed: true,
      });
    default:
      return entraSource(options, credential);
  }
}

function entraSource(options: AuthorizerOptions, credential: AzureCredential): TokenSource {
  // One credential object for the life of the transport, because it has its own cache.
  let found: ReturnType<typeof azureCredential> | undefined;
  const cloud = cloudOf(options.endpoint.loginServer);
  const { authorityHost = fromEnvironment() ?? cloud.authorityHost, httpClient } = options;
  const place = { authorityHost, ...(httpClient === undefined ? {} : { httpClient }) };
  return new EntraTokenSource(options, {
    kind: credential.kind,
    find: () => (found ??= azureCredential(credential, place)),
    audience: options.audience ?? cloud.audience,
  });
}

/** The variable that all Azure SDKs read. */
function fromEnvironment(): string | undefined {
  const value = process.env["AZURE_AUTHORITY_HOST"];
  return value === "" ? undefined : value;
}
