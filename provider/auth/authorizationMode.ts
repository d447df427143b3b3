import { CredentialError } from "../errors.js";
import { type Challenge, findChallenge, foreignRealm } from "./challenge.js";
import type { Credential } from "./credential.js";
import { basicHeader } from "./basicHeader.js";
import { DistributionTokenSource } from "./distributionTokenSource.js";
import { printable } from "./printable.js";
import type { TokenSource, TokenSourceContext } from "./tokenSource.js";

/** How a registry wants to be signed in to. */
export type AuthorizationMode =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly header: string }
  | { readonly kind: "bearer"; readonly source: TokenSource };

export interface ModeOptions extends TokenSourceContext {
  readonly credential: Credential;
}

/**
 * Reads the challenge of a registry that is not an ACR. A realm on another origin is refused, since
 * it decides where a password would go (CVE-2020-15157, CVE-2026-48978).
 */
export function modeFromChallenge(
  header: string | undefined,
  options: ModeOptions,
): AuthorizationMode {
  const basic = findChallenge(header, "basic");
  const bearer = findChallenge(header, "bearer");
  const { credential, endpoint } = options;
  if (bearer !== undefined) return { kind: "bearer", source: realmSource(bearer, options) };
  if (basic === undefined) return { kind: "none" };
  if (credential.kind === "token") return { kind: "basic", header: basicHeader(credential) };
  throw new CredentialError(
    `${endpoint.loginServer} wants a user name and a password: give a credential of kind "token"`,
  );
}

function realmSource(challenge: Challenge, options: ModeOptions): TokenSource {
  const { credential, endpoint } = options;
  const foreign = foreignRealm(challenge, endpoint.origin);
  if (foreign !== undefined) {
    throw new CredentialError(
      `${endpoint.loginServer} wants tokens from another place (${printable(foreign, 255)}); credentials are only sent to the ` +
        `registry itself`,
    );
  }
  if (credential.kind !== "token" && credential.kind !== "anonymous") {
    throw new CredentialError(
      `${endpoint.loginServer} is not an Azure Container Registry, so an Azure identity means nothing to it: give a ` +
        `credential of kind "token", or "anonymous"`,
    );
  }
  const realm = new URL(challenge.parameters.get("realm") ?? "/oauth2/token", endpoint.origin);
  return new DistributionTokenSource(options, {
    path: realm.pathname + realm.search,
    service: challenge.parameters.get("service"),
    basic: credential.kind === "token" ? basicHeader(credential) : undefined,
  });
}
