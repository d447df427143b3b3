import { randomBytes, randomUUID } from "node:crypto";

import type { CryptoKey, JWTPayload } from "jose";

import { isTypeError } from "../failures.js";
import type { Access } from "../wire/scope.js";
import { type Identity, type IdentityKind, anonymous } from "./identity.js";
import type { Permissions } from "./permissions.js";

type Jose = typeof import("jose");

const issuer = "Azure Container Registry";
const registryId = randomBytes(16).toString("hex");
const tenant = randomUUID();

/** Claims of both tokens that identify the client; recorded in the go SDK's sessions. */
interface TokenClaims extends JWTPayload {
  readonly grant_type?: string;
  readonly access?: Access[];
  /** Our own claim: what a later exchange of the token needs. */
  readonly identity?: { readonly kind: IdentityKind; readonly permissions: Permissions };
}

/** What an access token grants. */
export interface Granted {
  readonly subject: string;
  readonly access: readonly Access[];
}

export interface Lifetimes {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
}

/**
 * Issues and checks the registry's refresh and access tokens: real JWTs, signed with a key of this run.
 */
export class TokenIssuer {
  private constructor(
    private readonly jose: Jose,
    private readonly keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
    private readonly lifetimes: Lifetimes,
    private readonly now: () => number,
  ) {}

  static async create(lifetimes: Lifetimes, now: () => number): Promise<TokenIssuer> {
    // An ES module, so it is imported dynamically.
    const jose = await import("jose");
    return new TokenIssuer(jose, await jose.generateKeyPair("ES256"), lifetimes, now);
  }

  refreshToken(identity: Identity, audience: string): Promise<string> {
    return this.sign(identity, audience, this.lifetimes.refreshTokenSeconds, {
      grant_type: "refresh_token",
    });
  }

  accessToken(identity: Identity, audience: string, access: readonly Access[]): Promise<string> {
    return this.sign(identity, audience, this.lifetimes.accessTokenSeconds, {
      grant_type: "access_token",
      access,
    });
  }

  /** The identity in a refresh token; undefined if it is not a valid one of ours. */
  async readRefreshToken(token: string): Promise<Identity | undefined> {
    const claims = await this.verify(token, "refresh_token");
    if (claims === undefined) return undefined;
    return { ...anonymous, ...claims.identity, subject: claims.sub ?? "" };
  }

  /** What an access token grants; undefined if it is not a valid one of ours. */
  async readAccessToken(token: string): Promise<Granted | undefined> {
    const claims = await this.verify(token, "access_token");
    return claims && { subject: claims.sub ?? "", access: claims.access ?? [] };
  }

  private sign(
    identity: Identity,
    audience: string,
    seconds: number,
    claims: Record<string, unknown>,
  ): Promise<string> {
    const now = Math.floor(this.now() / 1000);
    return new this.jose.SignJWT({
      jti: randomUUID(),
      sub: identity.subject,
      nbf: now,
      exp: now + seconds,
      iat: now,
      iss: issuer,
      aud: audience,
      version: "1.0",
      rid: registryId,
      ...claims,
      tenant,
      identity: { kind: identity.kind, permissions: identity.permissions },
      permissions: permissionsOf(identity),
      roles: [],
    })
      .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: "EMUL:ATOR" })
      .sign(this.keys.privateKey);
  }

  private async verify(token: string, grantType: string): Promise<TokenClaims | undefined> {
    const options = { issuer, currentDate: new Date(this.now()) };
    try {
      const { payload } = await this.jose.jwtVerify<TokenClaims>(
        token,
        this.keys.publicKey,
        options,
      );
      return payload.grant_type === grantType ? payload : undefined;
    } catch (error) {
      if (error instanceof this.jose.errors.JOSEError || isTypeError(error)) return undefined;
      throw error;
    }
  }
}

function permissionsOf(identity: Identity): { Actions: string[]; NotActions: string[] | null } {
  const Actions =
    identity.kind === "anonymous"
      ? ["read"]
      : ["read", "write", "delete", "metadata/read", "metadata/write"];
  return { Actions, NotActions: null };
}
