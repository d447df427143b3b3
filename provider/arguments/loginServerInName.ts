import { parseLoginServer } from "../oci/loginServer.js";

/**
 * The message for a repository name that begins with the login server of its registry: the registry would
 * accept it and create a repository with that name. `undefined` if the name is fine, or either value is
 * unknown.
 */
export function loginServerInName(repository: unknown, loginServer: unknown): string | undefined {
  if (typeof repository !== "string" || typeof loginServer !== "string") return undefined;
  const prefix = `${parseLoginServer(loginServer).loginServer}/`;
  if (!repository.startsWith(prefix)) return undefined;
  const meant = repository.slice(prefix.length);
  return `it begins with the registry's login server: give the repository alone, ${JSON.stringify(meant)}`;
}
