import { parseLoginServer } from "../oci/loginServer.js";
import {
  findLoginServer,
  type RegistryArguments,
  type SettingSources,
} from "./registrySettings.js";

/**
 * Registry settings for an id, which names the login server without a scheme: the configured one if
 * it is the same, so that a registry on this machine is reached by plain http.
 */
export function registryOfId(
  loginServer: string,
  registry: RegistryArguments | undefined,
  sources: SettingSources,
): RegistryArguments & { loginServer: string } {
  const configured = findLoginServer(registry ?? {}, sources);
  const same = configured !== undefined && parseLoginServer(configured).loginServer === loginServer;
  return { ...registry, loginServer: same ? configured : loginServer };
}
