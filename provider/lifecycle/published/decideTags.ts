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

/** Tags that should name a manifest, with what is known of them. */
interface TagsToDecide {
  readonly repository: Pick<Repository, "manifests">;
  /** `<login server>/<repository>` */
  readonly base: string;
  readonly digest: Digest;
  readonly tags: readonly Tag[];
  /** The digests that they name now; missing tags are left out. */
  readonly live: ReadonlyMap<Tag, Digest>;
  /** What the resource itself owned until now. */
  readonly owned: Claim | undefined;
  readonly policy: TagConflictPolicy | undefined;
  /** The property in which the user chooses the policy. */
  readonly setting: "onTagConflict" | "onConflict";
}

export interface TagDecision {
  /** The digests that the tags named when this was decided. */
  readonly live: ReadonlyMap<Tag, Digest>;
  readonly plan: TagPlan;
  /** Those that another resource of the program had until now. */
  readonly passed: readonly PassedTag[];
}

/**
 * Decides what to do with the tags. Throws for a conflict. The resource that gives up a tag may be
 * declared after the one that takes it. So before a conflict is reported, everything that does not depend
 * on this resource must be declared. This may take long, so the tags are checked again afterwards.
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
