import { ConflictError } from "../errors.js";
import type { Digest } from "../oci/digest.js";
import type { Tag } from "../oci/reference.js";

/**
 * What to do with a tag that names other content: `fail` refuses; `adopt` takes over, once, a tag that
 * existed before it was declared; `move` moves it whatever it names.
 */
export type TagConflictPolicy = "fail" | "adopt" | "move";

export interface TagSituation {
  readonly tag: Tag;
  /** Full reference, for errors. */
  readonly reference: string;
  /** The digest that it names now; `undefined` if it does not exist. */
  readonly live: Digest | undefined;
  /**
   * The digest in our state. A tag that still names it may be moved; after a refresh this includes drift
   * that the user was shown.
   */
  readonly known: string | undefined;
  /** Whether it is declared for the first time, so that `adopt` applies. */
  readonly isNew: boolean;
}

export interface TagPlan {
  readonly create: readonly Tag[];
  readonly move: readonly { readonly tag: Tag; readonly from: Digest }[];
}

/**
 * Decides for each tag. Throws `CONFLICT` before anything is written. `setting` is the property in which
 * the user chooses the policy. Pure.
 */
export function planTags(
  situations: readonly TagSituation[],
  wanted: Digest,
  policy: TagConflictPolicy,
  setting = "onTagConflict",
): TagPlan {
  const create: Tag[] = [];
  const move: { tag: Tag; from: Digest }[] = [];
  for (const situation of situations) {
    const { tag, live } = situation;
    if (live === wanted) continue;
    if (live === undefined) create.push(tag);
    else if (mayMove(situation, live, policy)) move.push({ tag, from: live });
    else throw conflict(situation, live, wanted, setting);
  }
  return { create, move };
}

function mayMove(situation: TagSituation, live: Digest, policy: TagConflictPolicy): boolean {
  if (policy === "move" || situation.known === live) return true;
  return policy === "adopt" && situation.isNew;
}

function conflict(
  situation: TagSituation,
  live: Digest,
  wanted: Digest,
  setting: string,
): ConflictError {
  const { reference, known } = situation;
  if (known === undefined || known === wanted) {
    return new ConflictError(
      reference,
      `${reference} exists and names ${live}, not ${wanted} which is declared here. Nothing was changed. Choose ` +
        `another tag, or set ${setting} to "adopt" (take it over once, also from a resource that the program no longer ` +
        `declares) or "move" (always move it). If somebody moved it, \`pulumi up --refresh\` shows and repairs that. If ` +
        `it is this resource's own, and the resource was renamed, give it its old name as an alias; if it is being replaced on request (--replace; ` +
        `\`pulumi state taint\`, which \`untaint\` takes back), run a plain \`pulumi up\``,
    );
  }
  return new ConflictError(
    reference,
    `${reference} was changed again: it names ${live}; the state says ${known}, and ${wanted} is declared here. ` +
      `Nothing was changed. Run \`pulumi up --refresh\` to check it again`,
  );
}
