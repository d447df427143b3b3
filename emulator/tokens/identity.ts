import type { Access } from "../wire/scope.js";

/** Who a caller is and what the caller may do. */
export interface Identity {
  readonly subject: string;
  readonly kind: "admin" | "entra" | "anonymous";
}

export const anonymous: Identity = { subject: "", kind: "anonymous" };

const anonymousActions = new Set(["pull", "metadata_read"]);

/** The part of what is asked that the identity may do; what it may not is left out without a word. */
export function grant(identity: Identity, wanted: readonly Access[]): Access[] {
  return wanted
    .map((access) => ({
      ...access,
      actions: access.actions.filter((action) => may(identity, access, action)),
    }))
    .filter(({ actions }) => actions.length > 0);
}

/** Anonymous callers read everything, the catalog included (python and js SDK, anonymous access). */
function may(identity: Identity, access: Access, action: string): boolean {
  if (identity.kind !== "anonymous") return true;
  return access.type === "registry" ? action === "*" : anonymousActions.has(action);
}
