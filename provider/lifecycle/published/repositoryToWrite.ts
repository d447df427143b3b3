import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import { asInputs } from "./state.js";

/**
 * Opens the repository for reading and writing with one access token, and one more for attributes.
 * Requesting more than needed does no harm, because the token endpoint grants what the identity has
 * (Azure/acr answers 200 even for an action that it lacks). Content and attributes stay separate, because
 * other registries refuse tokens for unknown actions.
 */
export function repositoryToWrite(host: Host, bag: PropertyBag): Repository {
  const { repository: name, lock } = asInputs(bag);
  const registry = host.registry(bag);
  const content = registry.repository(name, { actions: ["pull", "push"] });
  const { attributes } = registry.repository(name, {
    actions: lock === undefined ? [] : ["metadata_read", "metadata_write"],
  });
  return { ...content, attributes };
}
