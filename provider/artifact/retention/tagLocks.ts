import type { Attributes } from "../../registry/attributes.js";
import { isTag } from "../../oci/reference.js";
import { forbidsDeletion, readTagAttributes } from "../lock.js";
import type { Planning } from "./planning.js";
import type { Suspect } from "./suspect.js";
import { PAGE_SIZE } from "./walk.js";

/**
 * Keeps manifests with locked tags. Listings of manifests do not contain the locks of tags, so these are
 * requested for each manifest, or in one listing of all tags, whichever takes fewer requests.
 */
export async function keepLockedTags(planning: Planning): Promise<void> {
  const { rules, survey, family } = planning;
  if (rules.includeLocked) return;
  const asked = [...survey.suspects.values()].filter((one) => tagsToGo(one, planning).length > 0);
  const all = asked.length > Math.ceil(survey.tagCount / PAGE_SIZE);
  const listed = all ? await listLocked(planning) : undefined;
  for (const one of asked) {
    const tags = tagsToGo(one, planning);
    const locked = listed ?? (await lockedOf(one, tags, planning));
    const held = tags.filter((tag) => locked.has(tag));
    if (held.length === 0) continue;
    const whole = rules.expireTags === undefined || held.some((tag) => !one.tags.includes(tag));
    one.expiring = whole ? [] : one.expiring.filter((tag) => !locked.has(tag));
    family.protect(one.manifest.digest);
  }
}

function tagsToGo(one: Suspect, { rules, family }: Planning): readonly string[] {
  if (one.pinned) return [];
  if (!family.isKept(one.manifest.digest)) return one.manifest.tags;
  return rules.expireTags === undefined ? [] : one.expiring;
}

/** The locked tags. Those that `listEnabled: false` hides are requested by name. */
async function lockedOf(
  { manifest }: Suspect,
  tags: readonly string[],
  { repository, options }: Planning,
): Promise<ReadonlySet<string>> {
  const names = tags.filter(isTag);
  const live = await readTagAttributes(repository.attributes, manifest.digest, names, options);
  return new Set(names.filter((tag) => isHeld(live.get(tag))));
}

async function listLocked(planning: Planning): Promise<ReadonlySet<string>> {
  const { repository, survey, options } = planning;
  const open = new Set<string>();
  const asked = new Set([...survey.suspects.values()].flatMap((one) => tagsToGo(one, planning)));
  const listing = { pageSize: PAGE_SIZE, ...options };
  for await (const { name, attributes } of repository.attributes.listTags(listing)) {
    if (asked.has(name) && !forbidsDeletion(attributes)) open.add(name);
  }
  const locked = new Set<string>();
  for (const tag of asked) {
    if (open.has(tag)) continue;
    const live = await repository.attributes.tag(tag, options);
    if (isHeld(live?.attributes)) locked.add(tag);
  }
  return locked;
}

function isHeld(attributes: Attributes | undefined): boolean {
  return attributes !== undefined && forbidsDeletion(attributes);
}
