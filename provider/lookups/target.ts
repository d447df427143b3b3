import type { RepositoryAction } from "../auth/scope.js";
import { InputError, RegistryError } from "../errors.js";
import { loginServerInName } from "../arguments/loginServerInName.js";
import { registryOfId } from "../arguments/registryOfId.js";
import type { RegistryArguments } from "../arguments/registrySettings.js";
import { digest, tag, text } from "../arguments/schema.js";
import { parseLoginServer } from "../oci/loginServer.js";
import { quoted } from "../oci/printable.js";
import { formatReference, type ManifestReference, parseReference } from "../oci/reference.js";
import type { Repository } from "../registry/repository.js";
import { type Arguments, type LookupContext, openRegistry } from "./context.js";
import type { ManifestQuery } from "./queries.js";

/** The repository of a look-up. */
export interface Place {
  readonly loginServer: string;
  readonly repository: Repository;
  /** `<login server>/<repository>`, and a function that names content in it. */
  readonly name: string;
  readonly nameOf: (reference: ManifestReference) => string;
}

/** The manifest of a look-up. */
export interface Target extends Place {
  readonly reference: ManifestReference;
}

/** A {@link ManifestQuery} as given: JavaScript programs may combine members that exclude each other. */
type GivenQuery = { readonly [Name in keyof ManifestQuery]?: string };

/** The members of a {@link ManifestQuery}, for a schema. */
export const MANIFEST_QUERY = {
  reference: text.optional(),
  repository: text.optional(),
  tag: tag.optional(),
  digest: digest.optional(),
};

/** Opens a repository. `actions` are all that the look-up will do, so that one access token suffices. */
export function openPlace(
  repository: string,
  registry: RegistryArguments | undefined,
  context: LookupContext,
  actions: readonly RepositoryAction[],
): Place {
  const opened = openRegistry(registry, context);
  const { loginServer } = opened;
  const reason = loginServerInName(repository, loginServer);
  if (reason !== undefined) throw new InputError("repository", reason);
  return {
    loginServer,
    repository: opened.repository(repository, { actions }),
    name: `${loginServer}/${repository}`,
    nameOf: (reference) => formatReference(loginServer, repository, reference),
  };
}

export function openTarget(
  args: Arguments<GivenQuery>,
  context: LookupContext,
  actions: readonly RepositoryAction[],
): Target {
  if (args.reference !== undefined)
    return targetOfReference(args.reference, args, context, actions);
  if (args.repository === undefined) {
    throw new InputError("repository", "it is required, or `reference` in its place");
  }
  const reference = oneOf(args.tag, args.digest);
  return { ...openPlace(args.repository, args.registry, context, actions), reference };
}

/**
 * The registry and manifest of a full reference. Settings that belong to another registry are ignored.
 */
function targetOfReference(
  written: string,
  args: Arguments<GivenQuery>,
  context: LookupContext,
  actions: readonly RepositoryAction[],
): Target {
  const other = (["repository", "tag", "digest"] as const).find((key) => args[key] !== undefined);
  if (other !== undefined) {
    throw new InputError(other, `\`reference\` says it already: give one of them`);
  }
  const parsed = parseReference(written);
  if (parsed === undefined || !isHost(parsed.loginServer)) throw notReference(written);
  const { loginServer, repository, reference } = parsed;
  const given = args.registry?.loginServer;
  if (given !== undefined && parseLoginServer(given).loginServer !== loginServer) {
    throw new InputError("registry.loginServer", `${written} is in another registry: leave it out`);
  }
  const registry = registryOfId(loginServer, args.registry, context);
  return { ...openPlace(repository, registry, context, actions), reference };
}

function oneOf(tag: string | undefined, digest: string | undefined): ManifestReference {
  if (tag !== undefined && digest !== undefined) {
    throw new InputError("tag", "give either `tag` or `digest`: a tag may name another manifest");
  }
  const reference = tag ?? digest;
  if (reference === undefined) throw new InputError("tag", "it is required, or `digest`");
  return reference as ManifestReference;
}

/** Tells whether the first segment is a host, by Docker's rule: `charts/web:1` has no login server. */
function isHost(loginServer: string): boolean {
  return /[.:]/.test(loginServer) || loginServer === "localhost";
}

function notReference(written: string): InputError {
  const host = written.replace(/^[a-z+.-]+:\/\//i, "").split("/")[0] ?? "";
  // `https://user:password@host/…` is not repeated.
  if (/@(?!sha\d+:)/.test(host)) {
    return new InputError(
      "reference",
      "it has a user name in front of the login server: how to sign in belongs under `registry`",
    );
  }
  return new InputError(
    "reference",
    `${quoted(written)} is not a reference: expected "<login server>/<repository>@<digest>" or ` +
      `"<login server>/<repository>:<tag>"`,
  );
}

/** The error for something that does not exist, as the registry says. */
export function doesNotExist(name: string, more = ""): RegistryError {
  return new RegistryError("NOT_FOUND", `${name} does not exist${more}`, {
    method: "GET",
    url: name,
  });
}
