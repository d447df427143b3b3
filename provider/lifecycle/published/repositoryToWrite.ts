import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import { asInputs } from "./state.js";

/**
 * The repository, to look at and then to write to: one access token serves both, and one more the
 * attributes. Asking for what may not be needed costs nothing: the token endpoint grants what the
 * identity has (Azure/acr answers 200 even for an action that it lacks). Content and attributes stay
 * apart, since other registries refuse tokens for actions that they do not know.
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
