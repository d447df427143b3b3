import type { CopySource } from "../../artifact/copy.js";
import { InputError, RegistryError } from "../../errors.js";
import { formatReference, type ManifestReference } from "../../oci/reference.js";
import type { Host } from "../host.js";
import type { PropertyBag } from "../lifecycle.js";
import { loginServerOf } from "../published/state.js";
import { checkRegistry } from "../registryCheck.js";
import { loginServerInName } from "../../arguments/loginServerInName.js";
import { containsUnknown, isUnknown } from "../../arguments/unknown.js";
import { asCopy, type CopyInputs, type SourceInputs } from "./inputs.js";

/**
 * Resolves the registry of the source: its own settings name a login server, or another identity for the
 * target's. A source in the target's repository is refused: there is nothing to copy, and deleting the
 * copy would delete the original.
 */
export function settleSource(host: Host, given: PropertyBag): PropertyBag {
  const source = given["source"] as PropertyBag;
  if (isUnknown(source)) return { source };
  const target = given["registry"] as PropertyBag;
  const settled = { ...source, ...ownRegistry(host, source["registry"], target) };
  const names = [settled, { registry: target, ...given }].map((one: PropertyBag) => ({
    repository: one["repository"],
    loginServer: loginServerIn(one["registry"] ?? target),
  }));
  const [from, to] = names;
  const isKnown = !names.some(containsUnknown);
  if (isKnown && from?.repository === to?.repository && from?.loginServer === to?.loginServer) {
    throw new InputError(
      "source.repository",
      `the source is the target repository itself: to put a tag on what is there, use ArtifactTag`,
    );
  }
  const reason = loginServerInName(from?.repository, from?.loginServer);
  if (reason !== undefined) throw new InputError("source.repository", reason);
  return { source: settled };
}

function ownRegistry(host: Host, written: unknown, target: PropertyBag): PropertyBag {
  if (written === undefined) return {};
  if (isUnknown(written)) return { registry: written };
  const registry = { loginServer: target["loginServer"], ...(written as PropertyBag) };
  const checked = checkRegistry(host, { registry }, []);
  const [failure] = checked.failures;
  if (failure === undefined) return { registry: checked.registry };
  throw new InputError(`source.${failure.property}`, failure.reason);
}

function loginServerIn(registry: unknown): unknown {
  const { loginServer } = (isUnknown(registry) ? {} : registry) as PropertyBag;
  return typeof loginServer === "string" && !isUnknown(loginServer)
    ? loginServerOf(loginServer)
    : loginServer;
}

/** The source repository, opened only for reading. */
export function openSource(
  host: Host,
  inputs: PropertyBag,
): Pick<CopySource, "repository" | "base" | "sameRegistry"> {
  const { source, registry } = asCopy(inputs);
  const from = source.registry ?? registry;
  const repository = host
    .registry({ registry: from })
    .repository(source.repository, { actions: ["pull"] });
  const loginServer = loginServerOf(from.loginServer);
  return {
    repository,
    base: `${loginServer}/${source.repository}`,
    sameRegistry: loginServer === loginServerOf(registry.loginServer),
  };
}

/** The full reference of the source. */
export function sourceReference({ source, registry }: CopyInputs): string {
  const { loginServer } = source.registry ?? registry;
  return formatReference(loginServerOf(loginServer), source.repository, referenceIn(source));
}

function referenceIn({ digest, tag }: SourceInputs): ManifestReference {
  const reference = digest ?? tag;
  if (reference === undefined) throw new Error("a source has a digest or a tag");
  return reference;
}

export function sourceNotFound(inputs: CopyInputs): RegistryError {
  const reference = sourceReference(inputs);
  return new RegistryError(
    "NOT_FOUND",
    `${reference}, which is to be copied, does not exist: nothing was published. Publish it first; if the same ` +
      `stack does, add dependsOn, or give the digest instead of the tag`,
    { method: "HEAD", url: reference },
  );
}
