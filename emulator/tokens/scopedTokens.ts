import type { Identity } from "./identity.js";
import { samePassword } from "./samePassword.js";

/** Actions of a scope map (Microsoft, "Token-based repository permissions"), and what each is in a scope. */
const scopeActions = {
  "content/read": "pull",
  "content/write": "push",
  "content/delete": "delete",
  "metadata/read": "metadata_read",
  "metadata/write": "metadata_write",
} as const;

export type ScopeMapAction = keyof typeof scopeActions;

/** A repository-scoped token with its scope map. Such a token cannot list the repositories. */
export interface ScopedToken {
  /** The user name. */
  readonly name: string;
  readonly password: string;
  /** A second valid password, since the service makes two. */
  readonly password2?: string;
  /** Allowed actions by repository; `team/*` stands for all repositories below that prefix. */
  readonly repositories: Readonly<Record<string, readonly ScopeMapAction[]>>;
}

/** The tokens of a registry, by user name. */
export class ScopedTokens {
  constructor(private readonly tokens: readonly ScopedToken[]) {}

  signIn(username: string, password: string): Identity | undefined {
    const token = this.tokens.find(({ name }) => name === username);
    if (token === undefined) return undefined;
    const passwords = [token.password, ...(token.password2 === undefined ? [] : [token.password2])];
    if (!passwords.some((one) => samePassword(one, password))) return undefined;
    const repositories = Object.entries(token.repositories).map(([pattern, actions]) => ({
      pattern,
      actions: actions.map((action) => scopeActions[action]),
    }));
    return { subject: token.name, kind: "token", permissions: { repositories, catalog: false } };
  }
}
