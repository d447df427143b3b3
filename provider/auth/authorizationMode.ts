import { CredentialError } from "../errors.js";
import { type Challenge, findChallenge, foreignRealm } from "./challenge.js";
import { basicHeader } from "./basicHeader.js";
import type { DockerLogin } from "./dockerConfig.js";
import { DistributionTokenSource } from "./distributionTokenSource.js";
import { dockerTokenSource } from "./dockerConfigTokenSource.js";
import { printable } from "../oci/printable.js";
import type { TokenSource, TokenSourceContext } from "./tokenSource.js";

/** How a registry wants to be signed in to. */
export type AuthorizationMode =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly header: string }
  | { readonly kind: "bearer"; readonly source: TokenSource };

/** Who signs in: with a password or an identity token, or nobody. */
export type Login = DockerLogin | { readonly kind: "anonymous" };

/**
 * Reads the challenge of a registry that is not an ACR. A realm on another origin is refused, since
 * it decides where a password would go (CVE-2020-15157, CVE-2026-48978).
 */
export function modeFromChallenge(
  header: string | undefined,
  login: Login | undefined,
  context: TokenSourceContext,
): AuthorizationMode {
  const basic = findChallenge(header, "basic");
  const bearer = findChallenge(header, "bearer");
  if (bearer !== undefined) return { kind: "bearer", source: realmSource(bearer, login, context) };
  if (basic === undefined) return { kind: "none" };
  if (login !== undefined && "username" in login) {
    return { kind: "basic", header: basicHeader(login) };
  }
  throw new CredentialError(
    `${context.endpoint.loginServer} wants a user name and a password: give a credential of kind "token"`,
  );
}

function realmSource(
  challenge: Challenge,
  login: Login | undefined,
  context: TokenSourceContext,
): TokenSource {
  const { endpoint } = context;
  const foreign = foreignRealm(challenge, endpoint.origin);
  if (foreign !== undefined) {
    throw new CredentialError(
      `${endpoint.loginServer} wants tokens from another place (${printable(foreign, 255)}); credentials are only sent to the ` +
        `registry itself`,
    );
  }
  if (login === undefined) {
    throw new CredentialError(
      `${endpoint.loginServer} is not an Azure Container Registry, so an Azure identity means nothing to it: give a ` +
        `credential of kind "token" or "docker-config", or "anonymous"`,
    );
  }
  const realm = new URL(challenge.parameters.get("realm") ?? "/oauth2/token", endpoint.origin);
  const at = { path: realm.pathname + realm.search, service: challenge.parameters.get("service") };
  return "username" in login || "identityToken" in login
    ? dockerTokenSource(context, login, at)
    : new DistributionTokenSource(context, { ...at, basic: undefined });
}
