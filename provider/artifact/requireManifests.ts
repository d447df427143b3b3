import { InputError, RegistryError } from "../errors.js";
import type { Descriptor } from "../oci/descriptor.js";
import type { OperationOptions, Repository } from "../registry/repository.js";

/** Advice for a missing manifest: the state may be outdated, and `up` alone does not check. */
export const REMOVED_BY_OTHERS =
  "If this stack has published it, somebody removed it: run `pulumi up --refresh`, which publishes it again";

/**
 * Checks that the manifests of a new index exist, with one HEAD for each digest. Clients take size and
 * media type from the index, so these must match. `base` is `<login server>/<repository>`.
 */
export async function requireManifests(
  repository: Pick<Repository, "manifests">,
  manifests: readonly Descriptor[],
  base: string,
  options: OperationOptions,
): Promise<void> {
  const asked = new Map<string, Promise<Descriptor | undefined>>();
  for (const { digest, mediaType } of manifests) {
    if (asked.has(digest)) continue;
    asked.set(digest, repository.manifests.resolve(digest, { ...options, accept: [mediaType] }));
  }
  const answers = await Promise.all([...asked.values()]);
  const absent = [...asked.keys()].filter((_digest, index) => answers[index] === undefined);
  if (absent.length > 0) throw notThere(absent.map((digest) => `${base}@${digest}`));
  const live = new Map(answers.flatMap((one) => (one === undefined ? [] : [[one.digest, one]])));
  manifests.forEach((declared, index) => {
    const found = live.get(declared.digest);
    if (found !== undefined) requireSame(declared, found, `manifests[${index}]`);
  });
}

function notThere(references: readonly string[]): RegistryError {
  const [first = ""] = references;
  return new RegistryError(
    "NOT_FOUND",
    `the index names manifests that do not exist: ${references.join(", ")}. Nothing was published. Publish it first; if ` +
      `the same stack does, refer to that resource's outputs, or add dependsOn. ${REMOVED_BY_OTHERS}`,
    { method: "HEAD", url: first },
  );
}

function requireSame(declared: Descriptor, found: Descriptor, property: string): void {
  for (const name of ["size", "mediaType"] as const) {
    if (declared[name] === found[name]) continue;
    throw new InputError(
      `${property}.${name}`,
      `${property}.${name} is declared as ${declared[name]}, but ${declared.digest} has ${found[name]}. ` +
        `Nothing was published`,
    );
  }
}
