import { isTag } from "../../oci/reference.js";
import type { Attributes, ManifestProperties } from "../../registry/attributes.js";
import type { OperationOptions, Repository } from "../../registry/repository.js";
import { forbidsDeletion, readTagAttributes } from "../lock.js";
import type { RetentionVictim } from "./retentionPlan.js";
import type { Declared } from "./rules.js";

/** The state of a victim just before its deletion. */
export type Finding =
  | { readonly is: "gone" }
  | { readonly is: "changed"; readonly reason: string }
  /** Still as in the plan. Locked subjects are named, to be opened first. */
  | { readonly is: "due"; readonly tags: readonly string[]; readonly locked: readonly Locked[] };

export interface Locked {
  /** `undefined` for the manifest itself. */
  readonly tag: string | undefined;
  readonly attributes: Attributes;
}

export interface Recheck {
  readonly repository: Pick<Repository, "attributes">;
  readonly declared: Declared;
  readonly includeLocked: boolean;
  readonly options: OperationOptions;
}

/**
 * Checks a victim again: two requests for a manifest (one if it has no tags), and one for each tag that
 * is deleted alone.
 */
export async function findVictim(recheck: Recheck, victim: RetentionVictim): Promise<Finding> {
  const { repository, declared, options } = recheck;
  const live = await repository.attributes.manifest(victim.digest, options);
  if (live === undefined) return { is: "gone" };
  if (declared.digest(victim.digest)) return changed("the program declares it");
  if (live.lastUpdateTime !== victim.lastUpdateTime) {
    return changed(`it was updated meanwhile, at ${live.lastUpdateTime}`);
  }
  return victim.kind === "manifest"
    ? findManifest(recheck, victim, live)
    : findTags(recheck, victim, live);
}

async function findManifest(
  recheck: Recheck,
  victim: RetentionVictim,
  live: ManifestProperties,
): Promise<Finding> {
  const { repository, declared, options } = recheck;
  const added = live.tags.find((tag) => !victim.tags.includes(tag));
  if (added !== undefined) return changed(`it was tagged ${added} meanwhile`);
  const ours = live.tags.find((tag) => declared.tag(tag));
  if (ours !== undefined) return changed(`the program declares its tag ${ours}`);
  const names = live.tags.filter(isTag);
  const tags = await readTagAttributes(repository.attributes, live.digest, names, options);
  const subjects: Locked[] = [
    { tag: undefined, attributes: live.attributes },
    ...[...tags].map(([tag, attributes]) => ({ tag, attributes })),
  ];
  return due(recheck, [], subjects);
}

async function findTags(
  recheck: Recheck,
  { digest, tags }: RetentionVictim,
  manifest: ManifestProperties,
): Promise<Finding> {
  const { repository, declared, includeLocked, options } = recheck;
  if (!includeLocked && forbidsDeletion(manifest.attributes)) return changed(LOCKED_MEANWHILE);
  const live: { tag: string; attributes: Attributes }[] = [];
  for (const tag of tags.filter(isTag)) {
    if (declared.tag(tag)) return changed(`the program declares the tag ${tag}`);
    const found = await repository.attributes.tag(tag, options);
    if (found === undefined) continue;
    if (found.digest !== digest) return changed(`${tag} was moved meanwhile, to ${found.digest}`);
    live.push({ tag, attributes: found.attributes });
  }
  if (live.length === 0) return { is: "gone" };
  return due(
    recheck,
    live.map(({ tag }) => tag),
    live,
  );
}

const LOCKED_MEANWHILE = "it was locked meanwhile";

function due(
  { includeLocked }: Recheck,
  tags: readonly string[],
  subjects: readonly Locked[],
): Finding {
  const locked = subjects.filter(({ attributes }) => forbidsDeletion(attributes));
  const [first] = locked;
  if (first === undefined || includeLocked) return { is: "due", tags, locked };
  return changed(first.tag === undefined ? LOCKED_MEANWHILE : `${first.tag} was locked meanwhile`);
}

function changed(reason: string): Finding {
  return { is: "changed", reason };
}
