import { CredentialError } from "../errors.js";
import { type Challenge, findChallenge, foreignRealm } from "./challenge.js";
import { basicHeader } from "./basicHeader.js";
import type { DockerLogin } from "./dockerConfig.js";
import { DistributionTokenSource } from "./distributionTokenSource.js";
import { DockerConfigTokenSource, type DockerLogins } from "./dockerConfigTokenSource.js";
import { printable } from "../oci/printable.js";
import type { TokenSource, TokenSourceContext } from "./tokenSource.js";

/** How a registry authenticates requests. */
export type AuthorizationMode =
  | { readonly kind: "none" }
  | ({ readonly kind: "basic" } & BasicHeader)
  | { readonly kind: "bearer"; readonly source: TokenSource };

export interface BasicHeader {
  header(): Promise<string>;
  /** Called after a refusal. `false` if the next header would be the same. */
  renew(): boolean;
}

/** The login: a user name and password, an identity token, or none. */
export type Login = DockerLogin | { readonly kind: "anonymous" };

export interface FoundLogin {
  readonly login: Login | undefined;
  /** Where the login was read from, if it may have changed there after a refusal. */
  readonly logins: DockerLogins | undefined;
}

/**
 * Chooses the mode from the challenge of a registry that is not an ACR. A realm on another origin is
 * refused, because it would decide where a password is sent (CVE-2020-15157, CVE-2026-48978).
 */
export function modeFromChallenge(
  header: string | undefined,
  { login, logins }: FoundLogin,
  context: TokenSourceContext,
): AuthorizationMode {
  const basic = findChallenge(header, "basic");
  const bearer = findChallenge(header, "bearer");
  if (bearer !== undefined) {
    return { kind: "bearer", source: realmSource(bearer, { login, logins }, context) };
  }
  if (basic === undefined) return { kind: "none" };
  const fixed = passwordHeader(login, context);
  if (logins === undefined) {
    return { kind: "basic", header: () => Promise.resolve(fixed), renew: () => false };
  }
  return {
    kind: "basic",
    header: async () => passwordHeader(await logins.find(), context),
    renew: () => {
      logins.forget();
      return true;
    },
  };
}

function passwordHeader(login: Login | undefined, { endpoint }: TokenSourceContext): string {
  if (login !== undefined && "username" in login) return basicHeader(login);
  throw new CredentialError(
    `${endpoint.loginServer} requires a user name and a password: give a credential of kind "token"`,
  );
}

function realmSource(
  challenge: Challenge,
  { login, logins }: FoundLogin,
  context: TokenSourceContext,
): TokenSource {
  const { endpoint } = context;
  const foreign = foreignRealm(challenge, endpoint.origin);
  if (foreign !== undefined) {
    throw new CredentialError(
      `${endpoint.loginServer} points to a token server elsewhere (${printable(foreign, 255)}); credentials are only sent to the ` +
        `registry itself`,
    );
  }
  if (login === undefined) {
    throw new CredentialError(
      `${endpoint.loginServer} is not an Azure Container Registry, so it accepts no Azure identity: give a ` +
        `credential of kind "token" or "docker-config", or "anonymous"`,
    );
  }
  const realm = new URL(challenge.parameters.get("realm") ?? "/oauth2/token", endpoint.origin);
  const at = { path: realm.pathname + realm.search, service: challenge.parameters.get("service") };
  if (logins !== undefined) return new DockerConfigTokenSource(context, logins, at);
  const basic = "username" in login ? basicHeader(login) : undefined;
  return new DistributionTokenSource(context, { ...at, basic });
}
