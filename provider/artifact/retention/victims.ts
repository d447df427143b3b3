import type { Digest } from "../../oci/digest.js";
import { mayHaveChildren } from "./mediaKinds.js";
import type { RetentionVictim } from "./retentionPlan.js";
import type { Planning } from "./planning.js";
import { isAttachment, type Suspect } from "./suspect.js";

/** The suspects to delete, and the tags to delete alone, newest first as listed. */
export function victimsOf(planning: Planning): readonly RetentionVictim[] {
  const { rules, survey, family } = planning;
  return [...survey.suspects.values()].flatMap((one): RetentionVictim[] => {
    if (!family.isKept(one.manifest.digest)) return [manifestVictim(one, planning)];
    const alone = rules.expireTags === undefined || one.pinned ? [] : one.expiring;
    return alone.length === 0 ? [] : [tagVictim(one, alone)];
  });
}

function manifestVictim(one: Suspect, { family, survey }: Planning): RetentionVictim {
  const { digest, size, tags, lastUpdateTime } = one.manifest;
  const goes = (other: Digest): boolean => survey.suspects.has(other) && !family.isKept(other);
  const goesWith = [...new Set([...family.indexesOf(digest), ...one.subjects])].filter(goes).sort();
  return {
    kind: "manifest",
    digest,
    tags,
    reason: reasonOf(one, goesWith.length > 0),
    ...(mayHaveChildren(one.manifest) ? {} : { size }),
    lastUpdateTime,
    ...(goesWith.length === 0 ? {} : { goesWith }),
  };
}

function reasonOf(one: Suspect, belongs: boolean): string {
  if (belongs && isAttachment(one)) return "belongs to a manifest that goes";
  if (belongs && one.tags.length === 0) return "only indexes that go name it";
  return one.reason ?? "what it belongs to is gone";
}

function tagVictim(one: Suspect, tags: readonly string[]): RetentionVictim {
  const { digest, lastUpdateTime } = one.manifest;
  return { kind: "tags", digest, tags, reason: one.reason ?? "", lastUpdateTime };
}
