import { parseLoginServer } from "../oci/loginServer.js";

/**
 * Why a repository's name cannot be right that begins with the login server of its registry: a registry
 * would take it, and look for, or make, a repository of that name. `undefined` while either is unknown.
 */
export function loginServerInName(repository: unknown, loginServer: unknown): string | undefined {
  if (typeof repository !== "string" || typeof loginServer !== "string") return undefined;
  const prefix = `${parseLoginServer(loginServer).loginServer}/`;
  if (!repository.startsWith(prefix)) return undefined;
  const meant = repository.slice(prefix.length);
  return `it begins with the registry's login server: give the repository alone, ${JSON.stringify(meant)}`;
}
