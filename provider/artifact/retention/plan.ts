import { formatSize } from "../formatSize.js";
import type { RetentionPlan, RetentionVictim } from "./retentionPlan.js";

export function planFor(victims: readonly RetentionVictim[]): RetentionPlan {
  const manifests = victims.filter(({ kind }) => kind === "manifest");
  const tags = victims.filter(({ kind }) => kind === "tags").flatMap((victim) => victim.tags);
  return {
    manifests: manifests.length,
    tags: tags.length,
    bytesAtMost: manifests.reduce((sum, { size = 0 }) => sum + size, 0),
    victims,
  };
}

export const EMPTY_PLAN = planFor([]);

/** Number of deleted manifests, and of tags deleted from manifests that stay. */
export function deletionsOf({ manifests, tags }: RetentionPlan): number {
  return manifests + tags;
}

/** `12 manifests and 3 tags, at most 1.2 GiB of layers` */
export function describePlan(plan: RetentionPlan): string {
  const { manifests, tags, bytesAtMost } = plan;
  const parts = [
    ...(manifests > 0 ? [counted(manifests, "manifest")] : []),
    ...(tags > 0 ? [counted(tags, "tag")] : []),
  ];
  const bytes = manifests > 0 ? `, at most ${formatSize(bytesAtMost)} of layers` : "";
  return parts.length === 0 ? "nothing" : `${parts.join(" and ")}${bytes}`;
}

/** `sha256:0123456789ab… (v1, v2): older than 30d` */
export function describeVictim({ kind, digest, tags, reason }: RetentionVictim): string {
  const shown = `${digest.slice(0, digest.indexOf(":") + 13)}…`;
  const names =
    tags.slice(0, 5).join(", ") + (tags.length > 5 ? ` and ${tags.length - 5} more` : "");
  if (kind === "tags") return `${names} of ${shown}: ${reason}`;
  return `${shown}${names === "" ? "" : ` (${names})`}: ${reason}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
