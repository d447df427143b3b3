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
  /** The argument with the login server that was found for it, normalised. */
  readonly registry: PropertyBag;
}

/**
 * Finds the login server and tries the rest, so that what is missing is said at preview, and looks whether
 * the repository has it in its name. A registry that the same stack creates is not known then, and nothing
 * can be said about it. `earlier` is what was found wrong with the form: a registry of a wrong form is not
 * looked at.
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

/** The bare name; with its scheme only where that is needed to find the registry again. */
function normalized(written: string): string {
  const { origin, loginServer } = parseLoginServer(written);
  return origin.startsWith("http:") ? origin : loginServer;
}
