import { type Access, formatScope } from "./scope.js";

/** Why a token is not accepted (RFC 6750, section 3.1). */
export type ChallengeError = "insufficient_scope" | "invalid_token";

export interface Challenge {
  readonly origin: string;
  readonly service: string;
  readonly access: readonly Access[];
  readonly error?: ChallengeError | undefined;
}

/** The value of `WWW-Authenticate`: no space after a comma, no `scope` for `GET /v2/` (recorded: C11 #1, #41). */
export function formatChallenge({ origin, service, access, error }: Challenge): string {
  const parts = [`realm="${origin}/oauth2/token"`, `service="${service}"`];
  if (access.length > 0) parts.push(`scope="${formatScope(access)}"`);
  if (error !== undefined) parts.push(`error="${error}"`);
  return `Bearer ${parts.join(",")}`;
}

/** The `detail` of the 401: one object for each action; `null` where there is no scope. */
export function challengeDetail(access: readonly Access[]): object[] | null {
  if (access.length === 0) return null;
  return access.flatMap(({ type, name, actions }) =>
    actions.map((action) => ({ Type: type, Name: name, Action: action })),
  );
}
