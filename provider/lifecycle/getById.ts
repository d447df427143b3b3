import { RegistryError } from "../errors.js";
import { parseLoginServer } from "../oci/loginServer.js";
import type { Host } from "./host.js";
import type { PropertyBag } from "./lifecycle.js";
import { findLoginServer, type RegistryArguments } from "./registrySettings.js";

/**
 * Registry settings for an id, which names the login server without a scheme: the configured one if
 * it is the same, so that a registry on this machine is reached by plain http.
 */
export function registryOfId(
  host: Pick<Host, "sources">,
  loginServer: string,
  given: PropertyBag,
): RegistryArguments & { loginServer: string } {
  const registry = (given["registry"] ?? {}) as RegistryArguments;
  const configured = findLoginServer(registry, host.sources);
  const same = configured !== undefined && parseLoginServer(configured).loginServer === loginServer;
  return { ...registry, loginServer: same ? configured : loginServer };
}

export function notFound(kind: string, id: string): RegistryError {
  return new RegistryError(
    "NOT_FOUND",
    `${kind}.get: ${id} does not exist. Check the id, or declare the resource instead of getting it`,
    { method: "GET", url: id },
  );
}
