import { mediaType, object, registry } from "../arguments/schema.js";
import { type Digest, isDigest } from "../oci/digest.js";
import { type Arguments, checkQuery, type LookupContext } from "./context.js";
import { manifestOf } from "./manifestResults.js";
import type { ReferrersQuery } from "./queries.js";
import type { ManifestDescriptorResult, ReferrersResult } from "./results.js";
import { doesNotExist, MANIFEST_QUERY, openTarget, type Target } from "./target.js";

const SCHEMA = object({
  ...MANIFEST_QUERY,
  artifactType: mediaType.optional(),
  registry: registry.optional(),
});

/**
 * Sends one request to the referrers API and one for the tag schema. A tag costs one more, and so does an
 * empty list, which is the right answer only if the subject exists.
 */
export async function findReferrers(
  args: Arguments<ReferrersQuery>,
  context: LookupContext,
): Promise<ReferrersResult> {
  checkQuery(SCHEMA, args);
  const target = openTarget(args, context, ["pull"]);
  const { reference, repository } = target;
  const digest = isDigest(reference) ? reference : await resolve(target);
  const referrers: ManifestDescriptorResult[] = [];
  const { artifactType } = args;
  for await (const referrer of repository.referrers.list(digest, { artifactType })) {
    referrers.push(manifestOf(referrer, target));
  }
  if (referrers.length === 0 && isDigest(reference)) await resolve(target);
  return { loginServer: target.loginServer, repository: repository.name, digest, referrers };
}

async function resolve({ repository, reference, nameOf }: Target): Promise<Digest> {
  const subject = await repository.manifests.resolve(reference);
  if (subject === undefined) throw doesNotExist(nameOf(reference));
  return subject.digest;
}
