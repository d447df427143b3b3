import { type Access, catalogAccess, covers } from "../wire/scope.js";
import type { ChallengeError } from "../wire/challenge.js";
import { type Identity, grant } from "./identity.js";
import { everything } from "./permissions.js";
import { samePassword } from "./samePassword.js";
import type { ScopedTokens } from "./scopedTokens.js";
import type { Granted, TokenIssuer } from "./tokenIssuer.js";

/**
 * The user name for a refresh or access token sent as a password (Azure/acr docs/AAD-OAuth.md, "docker
 * login").
 */
const tokenUser = "00000000-0000-0000-0000-000000000000";

export interface AdminUser {
  readonly username: string;
  readonly password: string;
}

/** Whether a request is allowed, and whose it is, if known. */
export interface Verdict {
  readonly refused?: "no credentials" | ChallengeError;
  readonly subject?: string;
}

/** Identifies clients and decides whether their requests are allowed. */
export class Authorizer {
  constructor(
    private readonly admin: AdminUser,
    private readonly scopedTokens: ScopedTokens,
    private readonly tokens: TokenIssuer,
  ) {}

  async judge(header: string | undefined, wanted: readonly Access[]): Promise<Verdict> {
    if (header === undefined) return { refused: "no credentials" };
    const [scheme = "", value = ""] = splitOnce(header, " ");
    if (scheme.toLowerCase() === "bearer") return this.judgeBearer(value.trim(), wanted);
    const identity = await this.identify(header);
    if (identity === undefined) return { refused: "no credentials" };
    return verdict(identity.subject, grant(identity, wanted), wanted);
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

  /**
   * The identity of a user name and password. For the token user, the password is a refresh or access
   * token.
   */
  async signIn(username: string, password: string): Promise<Identity | undefined> {
    if (username === tokenUser) {
      return (
        (await this.tokens.readRefreshToken(password)) ??
        byAccessToken(await this.tokens.readAccessToken(password))
      );
    }
    const { admin } = this;
    if (samePassword(username, admin.username) && samePassword(password, admin.password)) {
      return { subject: username, kind: "admin", permissions: everything };
    }
    return this.scopedTokens.signIn(username, password);
  }

  private async judgeBearer(token: string, wanted: readonly Access[]): Promise<Verdict> {
    const granted = await this.tokens.readAccessToken(token);
    if (granted === undefined) return { refused: "invalid_token" };
    return verdict(granted.subject, granted.access, wanted);
  }
}

/** Signing in with an access token gives exactly what that token grants. */
function byAccessToken(granted: Granted | undefined): Identity | undefined {
  if (granted === undefined) return undefined;
  const { subject, access } = granted;
  const repositories = access
    .filter(({ type }) => type === "repository")
    .map(({ name, actions }) => ({ pattern: name, actions }));
  const catalog = covers(access, [catalogAccess]);
  return { subject, kind: "token", permissions: { repositories, catalog } };
}

function verdict(subject: string, granted: readonly Access[], wanted: readonly Access[]): Verdict {
  return covers(granted, wanted) ? { subject } : { subject, refused: "insufficient_scope" };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
