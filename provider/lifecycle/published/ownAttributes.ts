import { type NamedAttributes, writeAttributes } from "../../artifact/lock.js";
import { hasCode, RegistryError } from "../../errors.js";
import type { ManifestReference } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import type { Operation } from "../operation.js";
import { referenceTo } from "../sharedLocks.js";
import type { ArtifactInputs } from "./inputs.js";
import { baseOf } from "./state.js";

/**
 * Writes attributes of something that the state says is published. Only a refresh notices that somebody
 * has deleted it, and the registry's 404 would not say what to do.
 */
export async function writeOwnAttributes(
  { attributes: store }: Pick<Repository, "attributes">,
  inputs: Pick<ArtifactInputs, "registry" | "repository">,
  subject: ManifestReference,
  attributes: NamedAttributes,
  operation: Operation,
): Promise<void> {
  try {
    await writeAttributes(store, subject, attributes, operation);
  } catch (error) {
    if (!hasCode(error, "NOT_FOUND")) throw error;
    const reference = referenceTo(baseOf(inputs), subject);
    throw new RegistryError(
      "NOT_FOUND",
      `${reference} no longer exists, so its lock cannot be set: somebody removed it since the last refresh. ` +
        `Run \`pulumi up --refresh\`, which publishes it again`,
      { method: "PATCH", url: reference, cause: error },
    );
  }
}
