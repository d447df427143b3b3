import { parseLoginServer } from "../oci/loginServer.js";
import {
  findLoginServer,
  type RegistryArguments,
  type SettingSources,
} from "./registrySettings.js";

/**
 * The registry settings for an id, which contains the login server without a scheme. If the configured
 * registry is the same, its settings are used, so that one on this machine is reached by plain http.
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
