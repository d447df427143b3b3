import { planTags, type TagConflictPolicy, type TagPlan } from "../../artifact/tagPlan.js";
import { resolveTags } from "../../artifact/tags.js";
import { hasCode } from "../../errors.js";
import type { Digest } from "../../oci/digest.js";
import type { Tag } from "../../oci/reference.js";
import type { Repository } from "../../registry/repository.js";
import type { Host } from "../host.js";
import type { Operation } from "../operation.js";
import { type Claim, knownOf } from "../ownership.js";
import { knownByFormer, type PassedTag, tagsTaken } from "../passedTags.js";

/** Tags that are to name a manifest, and what is known of them. */
interface TagsToDecide {
  readonly repository: Pick<Repository, "manifests">;
  /** `<login server>/<repository>` */
  readonly base: string;
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  /** What they name now; absent ones are left out. */
  readonly live: ReadonlyMap<Tag, Digest>;
  /** What the resource itself owned until now. */
  readonly owned: Claim | undefined;
  readonly policy: TagConflictPolicy | undefined;
  /** The property by which the user chooses the policy. */
  readonly setting: "onTagConflict" | "onConflict";
}

export interface TagDecision {
  /** What the tags named when it was decided. */
  readonly live: ReadonlyMap<Tag, Digest>;
  readonly plan: TagPlan;
  /** Those that another resource of the program had until now. */
  readonly passed: readonly PassedTag[];
}

/**
 * Decides about tags as they were found; a conflict ends here. The resource that gives a tag up may be
 * declared after the one that takes it: before there is a conflict, all is to be declared that does not
 * wait for this one. That may take long, so that the tags are looked at again.
 */
export async function decideTags(
  host: Host,
  wanted: TagsToDecide,
  operation: Operation,
): Promise<TagDecision> {
  try {
    return decide(host, wanted);
  } catch (error) {
    if (!hasCode(error, "CONFLICT")) throw error;
    await host.allDeclared(operation);
    const live = await resolveTags(wanted.repository, wanted.tags, operation);
    return decide(host, { ...wanted, live });
  }
}

function decide(
  host: Host,
  { base, digest, tags, live, owned, policy = "fail", setting }: TagsToDecide,
): TagDecision {
  const passed = tagsTaken(host, base, tags);
  const situations = tags.map((tag) => {
    const named = live.get(tag);
    return {
      tag,
      reference: `${base}:${tag}`,
      live: named,
      known: knownOf(owned, tag, named) ?? knownByFormer(passed, tag, named),
      isNew: owned?.tags[tag] === undefined,
    };
  });
  return { live, passed, plan: planTags(situations, digest, policy, setting) };
}
