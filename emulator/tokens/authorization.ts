import { timingSafeEqual, createHash } from "node:crypto";

import { type Access, covers } from "../wire/scope.js";
import type { ChallengeError } from "../wire/challenge.js";
import { type Identity, grant } from "./identity.js";
import type { TokenIssuer } from "./tokenIssuer.js";

/** User name under which a refresh token is sent as a password (Azure/acr docs/AAD-OAuth.md, "docker login"). */
const tokenUser = "00000000-0000-0000-0000-000000000000";

export interface AdminUser {
  readonly username: string;
  readonly password: string;
}

/** `allowed`, or why not. */
export type Verdict = "allowed" | "no credentials" | ChallengeError;

/** Answers who somebody is and whether a request may pass. */
export class Authorizer {
  constructor(
    private readonly admin: AdminUser,
    private readonly tokens: TokenIssuer,
  ) {}

  async judge(header: string | undefined, wanted: readonly Access[]): Promise<Verdict> {
    if (header === undefined) return "no credentials";
    const [scheme = "", value = ""] = splitOnce(header, " ");
    if (scheme.toLowerCase() === "bearer") return this.judgeBearer(value.trim(), wanted);
    const identity = await this.identify(header);
    if (identity === undefined) return "no credentials";
    return covers(grant(identity, wanted), wanted) ? "allowed" : "insufficient_scope";
  }

  /** The identity behind an `Authorization: Basic` header. */
  async identify(header: string | undefined): Promise<Identity | undefined> {
    const [scheme = "", value = ""] = splitOnce(header ?? "", " ");
    if (scheme.toLowerCase() !== "basic") return undefined;
    const [username = "", password = ""] = splitOnce(
      Buffer.from(value.trim(), "base64").toString("utf8"),
      ":",
    );
    return this.signIn(username, password);
  }

  /** The identity of a user name and password; for the token user the password is a refresh token. */
  async signIn(username: string, password: string): Promise<Identity | undefined> {
    if (username === tokenUser) return this.tokens.readRefreshToken(password);
    const matches = same(username, this.admin.username) && same(password, this.admin.password);
    return matches ? { subject: username, kind: "admin" } : undefined;
  }

  private async judgeBearer(token: string, wanted: readonly Access[]): Promise<Verdict> {
    const granted = await this.tokens.readAccessToken(token);
    if (granted === undefined) return "invalid_token";
    return covers(granted, wanted) ? "allowed" : "insufficient_scope";
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Compares without telling by the time it takes how much was right. */
function same(left: string, right: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(left), hash(right));
}
