import { parseLoginServer } from "../oci/loginServer.js";
import { asCheckFailure } from "./failures.js";
import type { Host } from "./host.js";
import type { CheckFailure } from "../arguments/checkFailure.js";
import type { PropertyBag } from "./lifecycle.js";
import {
  findLoginServer,
  loginServerPlace,
  NO_LOGIN_SERVER,
  type RegistryArguments,
} from "../arguments/registrySettings.js";
import { loginServerInName } from "../arguments/loginServerInName.js";
import { containsUnknown, isUnknown, UNKNOWN } from "../arguments/unknown.js";

export interface RegistryCheck {
  readonly failures: readonly CheckFailure[];
  /** The argument with the resolved, normalised login server. */
  readonly registry: PropertyBag;
}

/**
 * Finds the login server and checks the other settings, so that missing ones are reported at preview.
 * Also checks that the repository's name does not contain the login server. If the same stack creates the
 * registry, it is unknown and not checked. `earlier` are failures of the schema: a registry with a wrong
 * form is not checked.
 */
export function checkRegistry(
  host: Host,
  { registry: given, repository }: PropertyBag,
  earlier: readonly CheckFailure[],
): RegistryCheck {
  if (earlier.some(({ property }) => property.startsWith("registry"))) {
    return { failures: [], registry: {} };
  }
  const check = checkSettings(host, given);
  const { loginServer } = check.registry;
  if (check.failures.length > 0 || isUnknown(loginServer) || isUnknown(repository)) return check;
  const reason = loginServerInName(repository, loginServer);
  return reason === undefined
    ? check
    : { ...check, failures: [{ property: "repository", reason }] };
}

function checkSettings(host: Host, given: unknown): RegistryCheck {
  if (isUnknown(given)) return { failures: [], registry: { loginServer: UNKNOWN } };
  const registry = (given ?? {}) as RegistryArguments;
  if (isUnknown(registry.loginServer)) return { failures: [], registry: { ...registry } };
  const written = findLoginServer(registry, host.sources);
  if (written === undefined) {
    const failure = { property: "registry.loginServer", reason: NO_LOGIN_SERVER };
    return { failures: [failure], registry: { ...registry } };
  }
  try {
    const loginServer = normalized(written);
    if (!containsUnknown(registry)) host.settle(registry);
    return { failures: [], registry: { ...registry, loginServer } };
  } catch (error) {
    const failure = asCheckFailure(error);
    if (failure === undefined) throw error;
    const place = registry.loginServer === undefined ? loginServerPlace(host.sources) : "";
    const reason =
      failure.property === "registry.loginServer" ? place + failure.reason : failure.reason;
    return { failures: [{ ...failure, reason }], registry: { ...registry } };
  }
}

/** The bare host name, with the scheme only if that is needed to find the registry again. */
function normalized(written: string): string {
  const { origin, loginServer } = parseLoginServer(written);
  return origin.startsWith("http:") ? origin : loginServer;
}
