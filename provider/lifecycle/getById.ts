import { registryOfId } from "../arguments/registryOfId.js";
import type { RegistryArguments } from "../arguments/registrySettings.js";
import { InputError, RegistryError } from "../errors.js";
import type { Host } from "./host.js";
import type { PropertyBag } from "./lifecycle.js";

/** The settings with which `get` reaches the registry that an id names. */
export function registryToGetFrom(
  host: Host,
  loginServer: string,
  given: PropertyBag,
): RegistryArguments {
  return registryOfId(loginServer, given["registry"] as RegistryArguments, host.sources);
}

/** The error for an id of another form. `advice` is a separate sentence. */
export function notAnId(kind: string, id: string, form: string, advice = ""): InputError {
  return new InputError(
    "id",
    `${kind}.get: ${JSON.stringify(id)} is not an id: expected "${form}"${advice}`,
  );
}

export function notFound(kind: string, id: string): RegistryError {
  return new RegistryError(
    "NOT_FOUND",
    `${kind}.get: ${id} does not exist. Check the id, or declare the resource instead of getting it`,
    { method: "GET", url: id },
  );
}
