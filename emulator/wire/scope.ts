/** One entry of a token's `access` claim: a resource and the allowed actions. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

export function repositoryAccess(name: string, ...actions: readonly string[]): Access {
  return { type: "repository", name, actions };
}

export const catalogAccess: Access = { type: "registry", name: "catalog", actions: ["*"] };

/** `repository:a/b:pull,push`; several scopes are separated by a space. */
export function formatScope(access: readonly Access[]): string {
  return access.map((one) => `${one.type}:${one.name}:${one.actions.join(",")}`).join(" ");
}

/** Parses `scope` parameters; anything not of the form `type:name:actions` is ignored. */
export function parseScopes(values: readonly string[]): Access[] {
  return values
    .flatMap((value) => value.split(" "))
    .flatMap((scope) => {
      const first = scope.indexOf(":");
      const last = scope.lastIndexOf(":");
      if (first <= 0 || last <= first) return [];
      const actions = scope
        .slice(last + 1)
        .split(",")
        .filter(Boolean);
      return [{ type: scope.slice(0, first), name: scope.slice(first + 1, last), actions }];
    });
}

/** Whether everything wanted was granted; `*` matches any name or action. */
export function covers(granted: readonly Access[], wanted: readonly Access[]): boolean {
  return wanted.every((want) =>
    want.actions.every((action) =>
      granted.some(
        (grant) =>
          grant.type === want.type &&
          (grant.name === want.name || grant.name === "*") &&
          (grant.actions.includes(action) || grant.actions.includes("*")),
      ),
    ),
  );
}
